package io.slackwater.pricing.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.slackwater.pricing.Output;
import io.slackwater.pricing.Outputs;
import io.slackwater.pricing.PricingTopology;
import io.slackwater.pricing.benchmark.RepricingProbe.Phase;
import io.slackwater.pricing.benchmark.RepricingShop.Change;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.settings.Settings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.checkpoint.TaskStateStats;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * How long a change of the rules takes to reach a million prices, and what it does meanwhile to the
 * stock levels that keep flowing.
 *
 * <p>The real topology with the Flink settings of {@code flink-conf} (RocksDB, incremental
 * checkpoints), parallelism 2, in this JVM. Inputs come from memory and results are thrown away,
 * for a broker on the same two cores would be measured too.
 */
public final class RepricingBenchmark {

    static final long SEED = 20261121;

    private static final int PARALLELISM = 2;
    private static final int MESSAGES_PER_SECOND = 2_000;
    private static final Path CONF = Path.of("flink-conf");
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration QUIET = Duration.ofSeconds(10);

    /** How often it is looked whether something has come: looking costs time, too. */
    private static final Duration LOOK = Duration.ofMillis(20);

    /** A change may be over in milliseconds: what flows is looked at for at least so long. */
    private static final Duration SHORTEST_LOOK = Duration.ofSeconds(6);

    /** From the publication of a book to its begin, where it begins later. */
    private static final Duration AHEAD = Duration.ofSeconds(5);

    private static final Settings.Pricing SETTINGS =
            new Settings.Pricing(
                    "default",
                    20,
                    Settings.Publish.CHANGES,
                    Duration.ofMinutes(1),
                    10,
                    30,
                    100,
                    50,
                    true);

    /** Where the sinks find them: they are made where they run. */
    private static volatile RepricingProbe probe;

    private static final BlockingQueue<RuleStatus> STATUSES = new LinkedBlockingQueue<>();

    /**
     * One checkpoint.
     *
     * @param millis from its trigger to its completion
     * @param stoodStillMillis the longest time for which a subtask did nothing else
     */
    private record Checkpoint(long millis, long stoodStillMillis) {}

    /** What one change did. */
    private record Result(
            Change change,
            long examined,
            double seconds,
            Phase before,
            Phase during,
            long longestSlice,
            List<Checkpoint> checkpoints,
            double cpuSeconds) {}

    private final RepricingShop shop;
    private final RepricingInputs inputs;
    private final InMemoryReporter metrics = InMemoryReporter.create();
    private final Map<String, Map<String, Metric>> gauges = new HashMap<>();
    private MiniCluster cluster;
    private JobID job;

    private RepricingBenchmark(RepricingShop shop) {
        this.shop = shop;
        this.inputs = new RepricingInputs(shop, MESSAGES_PER_SECOND);
    }

    /**
     * @param args {@code --shapes 250000x4,1000000x1}: products and warehouses of each; {@code
     *     --out FILE}
     */
    public static void main(String[] args) {
        try {
            run(args);
        } catch (Throwable e) {
            e.printStackTrace();
            System.exit(1);
        }
        System.exit(0);
    }

    private static void run(String[] args) throws Exception {
        String shapes = "250000x4,1000000x1";
        Path out = Path.of("target", "benchmark-repricing.md");
        for (int i = 0; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--shapes" -> shapes = args[i + 1];
                case "--out" -> out = Path.of(args[i + 1]);
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        StringBuilder tables = new StringBuilder();
        for (String shape : shapes.split(",")) {
            String[] sizes = shape.split("x");
            RepricingShop shop =
                    new RepricingShop(Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]));
            Path dir = Files.createTempDirectory("slackwater-repricing");
            try {
                String table = new RepricingBenchmark(shop).measure(dir);
                System.out.println(table);
                tables.append(table).append('\n');
            } finally {
                delete(dir);
            }
        }
        Files.createDirectories(out.toAbsolutePath().getParent());
        Files.writeString(out, tables);
    }

    private String measure(Path dir) throws Exception {
        probe = new RepricingProbe();
        STATUSES.clear();
        Configuration flink = configuration(dir);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
        PricingTopology.attach(
                inputs.attach(env),
                new Outputs(
                        output("events", RepricingBenchmark::seeEvent),
                        nowhere("metrics"),
                        nowhere("alerts"),
                        output("rule-status", RepricingBenchmark::seeStatus),
                        nowhere("dead-letters")),
                SETTINGS);
        MiniClusterConfiguration shape =
                new MiniClusterConfiguration.Builder()
                        .setConfiguration(flink)
                        .setNumTaskManagers(1)
                        .setNumSlotsPerTaskManager(PARALLELISM)
                        .build();
        try (MiniCluster started = new MiniCluster(shape)) {
            cluster = started;
            cluster.start();
            job = cluster.submitJob(env.getStreamGraph()).get().getJobID();
            fill();
            List<Result> results = new ArrayList<>();
            for (Change change : Change.values()) {
                if (System.getenv("CHANGES") != null
                        && !System.getenv("CHANGES").contains(change.name())) continue;
                Result result = change(change);
                System.out.println(line(result));
                results.add(result);
            }
            cluster.cancelJob(job).get();
            return table(results);
        }
    }

    private Configuration configuration(Path dir) {
        Configuration flink = GlobalConfiguration.loadConfiguration(CONF.toString());
        flink.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        flink.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                dir.resolve("checkpoints").toUri().toString());
        flink.set(CoreOptions.TMP_DIRS, dir.toString());
        flink.set(CoreOptions.DEFAULT_PARALLELISM, PARALLELISM);
        flink.set(RestOptions.BIND_PORT, "0");
        flink.setString("restart-strategy.type", "none");
        flink.setString("web.checkpoints.history", "1000");
        return metrics.addToConfiguration(flink);
    }

    // ---------------------------------------------------------------- what happens

    /** Everything is there, and has its price. */
    private void fill() throws Exception {
        inputs.publish(shop.book());
        await(State.CONVERGED, 1);
        inputs.fill();
        long began = System.nanoTime();
        until(() -> probe.now().levels() >= shop.pairs());
        System.out.printf(
                Locale.ROOT,
                "%,d products in %d warehouses: filled in %.1f s%n",
                shop.products(),
                shop.warehouses(),
                (System.nanoTime() - began) / 1e9);
        inputs.flow();
    }

    private Result change(Change change) throws Exception {
        pause(SHORTEST_LOOK);
        probe.next();
        pause(QUIET);
        long version = RepricingShop.version(change);
        boolean later = change == Change.BEGINS;
        long from = System.currentTimeMillis() + AHEAD.toMillis();
        byte[] book = shop.book(change, from);
        if (later) {
            inputs.publish(book);
            await(State.CONVERGED, version);
            until(() -> System.currentTimeMillis() >= from);
        }
        long examined = sum("reexamined");
        Phase before = probe.next();
        long wall = System.currentTimeMillis();
        long began = System.nanoTime();
        long cpu = cpuTime();
        if (later) {
            // Nobody announces a boundary: it is over when everything has been looked at.
            until(() -> sum("reexamined") - examined >= shop.pairs() && sum("sweeps") == 0);
        } else {
            inputs.publish(book);
            await(State.CONVERGED, version);
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        double cpuSeconds = (cpuTime() - cpu) / 1e9;
        until(() -> System.nanoTime() - began > SHORTEST_LOOK.toNanos());
        Phase during = probe.next();
        return new Result(
                change,
                sum("reexamined") - examined,
                seconds,
                before,
                during,
                greatest("sweepLongestSliceMillis"),
                checkpointsSince(wall),
                cpuSeconds);
    }

    private RuleStatus await(State state, long version) throws Exception {
        while (true) {
            RuleStatus status = STATUSES.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (status == null || status.state() == State.REJECTED || !runs()) {
                throw new IllegalStateException(
                        "version " + version + " is not " + state + ": " + status);
            }
            if (status.state() == state && status.version() == version) {
                return status;
            }
        }
    }

    private void until(BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline || !runs()) {
                throw new IllegalStateException("It has not come within " + PATIENCE);
            }
            pause(LOOK);
        }
    }

    private boolean runs() throws Exception {
        JobStatus status = cluster.getJobStatus(job).get();
        if (status.isTerminalState()) {
            cluster.requestJobResult(job)
                    .get()
                    .getSerializedThrowable()
                    .ifPresent(Throwable::printStackTrace);
            return false;
        }
        return true;
    }

    private static void pause(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    private static long cpuTime() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private long sum(String name) {
        return gauges(name).sum();
    }

    private long greatest(String name) {
        return gauges(name).max().orElseThrow();
    }

    /** What the pricing subtasks tell of themselves. */
    private LongStream gauges(String name) {
        return gauges
                .computeIfAbsent(
                        name,
                        each ->
                                metrics.findMetrics(
                                        job, ".*apply-pricing-rules\\.[0-9]+\\." + each))
                .values()
                .stream()
                .mapToLong(metric -> ((Number) ((Gauge<?>) metric).getValue()).longValue());
    }

    /** Those since then that are complete; those in progress are waited for. */
    private List<Checkpoint> checkpointsSince(long wall) throws Exception {
        pause(Duration.ofSeconds(1));
        List<Checkpoint> found = new ArrayList<>();
        for (AbstractCheckpointStats each :
                cluster.getExecutionGraph(job)
                        .get()
                        .getCheckpointStatsSnapshot()
                        .getHistory()
                        .getCheckpoints()) {
            if (each.getTriggerTimestamp() + Math.max(0, each.getEndToEndDuration()) < wall) {
                continue;
            }
            long stoodStill = 0;
            for (TaskStateStats task : each.getAllTaskStateStats()) {
                if (task.getSummaryStats() != null) {
                    stoodStill =
                            Math.max(
                                    stoodStill,
                                    task.getSummaryStats()
                                            .getSyncCheckpointDurationStats()
                                            .getMaximum());
                }
            }
            found.add(new Checkpoint(each.getEndToEndDuration(), stoodStill));
        }
        return found;
    }

    // ---------------------------------------------------------------- where results go

    private static void seeEvent(PricingEvent event) {
        probe.see(event);
    }

    private static void seeStatus(RuleStatus status) {
        STATUSES.add(status);
    }

    private static <T> Output<T> output(String name, SerializableConsumer<T> consumer) {
        return stream ->
                stream.sinkTo(new Seen<>(consumer)).name("write-" + name).uid("write-" + name);
    }

    private static <T> Output<T> nowhere(String name) {
        return stream ->
                stream.sinkTo(new DiscardingSink<>()).name("write-" + name).uid("write-" + name);
    }

    private interface SerializableConsumer<T> extends Consumer<T>, java.io.Serializable {}

    private record Seen<T>(SerializableConsumer<T> consumer) implements Sink<T> {

        @Override
        public SinkWriter<T> createWriter(WriterInitContext context) {
            return new SinkWriter<>() {
                @Override
                public void write(T element, Context context) {
                    consumer.accept(element);
                }

                @Override
                public void flush(boolean endOfInput) {}

                @Override
                public void close() {}
            };
        }
    }

    // ---------------------------------------------------------------- the table

    private String table(List<Result> results) {
        StringBuilder table = new StringBuilder();
        table.append(
                """
                %,d products in %d warehouses each, %,d prices; RocksDB, parallelism 2, %,d messages a second flowing.

                | change | goal s | s | prices examined | changed | CPU s | wait of a level before, p99 / max ms | during | longest slice ms | messages/s during | longest checkpoint s | a subtask stood still for it ms |
                | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
                """
                        .formatted(
                                shop.products(),
                                shop.warehouses(),
                                shop.pairs(),
                                MESSAGES_PER_SECOND));
        results.forEach(result -> table.append(line(result)).append('\n'));
        return table.append("| goals | | | | | | | max <= 200 | | 2,000 | < 5 | |\n").toString();
    }

    private String line(Result result) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.2f | %,d | %,d | %.1f | %d / %d | %d / %d | %d | %,.0f | %.2f | %d |",
                result.change.title,
                result.examined * 2 > shop.pairs() ? "20" : "",
                result.seconds,
                result.examined,
                result.during.repriced(),
                result.cpuSeconds,
                result.before.waited(0.99),
                result.before.waited(1),
                result.during.waited(0.99),
                result.during.waited(1),
                result.longestSlice,
                result.during.levels() / result.during.seconds() / shop.warehouses(),
                longest(result, Checkpoint::millis) / 1e3,
                longest(result, Checkpoint::stoodStillMillis));
    }

    private static long longest(Result result, ToLongFunction<Checkpoint> what) {
        return result.checkpoints.stream().mapToLong(what).max().orElse(0);
    }

    private static void delete(Path dir) throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        }
    }
}
