package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.benchmark.Contestant.Program;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.demo.Broker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * How long a price takes from the moment when its message was due to be sent until a reader of
 * committed records has it, at a steady rate. A message that is sent late counts from when it was
 * due, so that a slow sender hides nothing. Also: how long a contestant takes from its start to its
 * first price, while messages flow.
 */
public final class LatencyBenchmark {

    private static final long SEED = 20261121;
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final Duration LAST_PRICES = Duration.ofSeconds(20);

    /** See {@link #main}. */
    private record Options(
            int rate,
            Duration warm,
            Duration measured,
            Duration commits,
            List<String> deliveries,
            List<Contestant> contestants,
            Path out) {

        static Options of(String[] args) {
            int rate = 2_000;
            Duration warm = Duration.ofSeconds(60);
            Duration measured = Duration.ofSeconds(30);
            Duration commits = Duration.ofSeconds(1);
            List<String> deliveries = List.of("at-least-once", "exactly-once");
            List<Contestant> contestants = List.of(Contestant.HASHMAP, Contestant.ROCKSDB);
            Path out = Path.of("target", "benchmark-latency.md");
            for (int i = 0; i + 1 < args.length; i += 2) {
                String value = args[i + 1];
                switch (args[i]) {
                    case "--rate" -> rate = Integer.parseInt(value);
                    case "--warm" -> warm = Duration.ofSeconds(Integer.parseInt(value));
                    case "--seconds" -> measured = Duration.ofSeconds(Integer.parseInt(value));
                    case "--commit" -> commits = Duration.ofMillis(Long.parseLong(value));
                    case "--delivery" -> deliveries = List.of(value.split(","));
                    // A loop of the job's own classes ends with its topic, and here none ends.
                    case "--runs" ->
                            contestants =
                                    Stream.of(value.split(","))
                                            .map(Contestant::valueOf)
                                            .filter(each -> each.program != Program.OWN_LOOP)
                                            .filter(each -> !each.lake)
                                            .toList();
                    case "--out" -> out = Path.of(value);
                    default -> throw new IllegalArgumentException("unknown option " + args[i]);
                }
            }
            return new Options(rate, warm, measured, commits, deliveries, contestants, out);
        }
    }

    private final Path dir;
    private final PriceTopics topics;
    private final Options options;
    private int runs;

    private LatencyBenchmark(Path dir, PriceTopics topics, Options options) {
        this.dir = dir;
        this.topics = topics;
        this.options = options;
    }

    /**
     * @param args {@code --rate N} messages a second, {@code --warm SECONDS} after the first price,
     *     {@code --seconds N} that are measured, {@code --commit MILLIS} between commits, {@code
     *     --delivery exactly-once,at-least-once}, {@code --runs HASHMAP,...}, {@code --out FILE}
     */
    public static void main(String[] args) throws Exception {
        Options options = Options.of(args);
        Path dir = Files.createTempDirectory("slackwater-benchmark");
        try (Broker broker = Broker.start(dir);
                PriceTopics topics = new PriceTopics(broker.bootstrapServers())) {
            String table = new LatencyBenchmark(dir, topics, options).measure();
            System.out.println(table);
            Files.createDirectories(options.out().toAbsolutePath().getParent());
            Files.writeString(options.out(), table);
        } finally {
            EndToEndBenchmark.delete(dir);
        }
    }

    private String measure() throws Exception {
        StringBuilder table = new StringBuilder();
        table.append(
                String.format(
                        Locale.ROOT,
                        """
                        %,d messages of 5 warehouses a second for %d s, after %d s to warm up; parallelism 2, a commit every %.1f s; milliseconds from the moment when a message was due until a reader of committed records has its price.

                        | run | delivery | p50 | p99 | p99.9 | longest | start to first price, s |
                        | --- | --- | ---: | ---: | ---: | ---: | ---: |
                        """,
                        options.rate(),
                        options.measured().toSeconds(),
                        options.warm().toSeconds(),
                        options.commits().toMillis() / 1e3));
        for (Contestant contestant : options.contestants()) {
            for (String delivery : options.deliveries()) {
                String row = run(contestant, delivery);
                System.out.print(row);
                table.append(row);
            }
        }
        return table.toString();
    }

    private String run(Contestant contestant, String delivery) throws Exception {
        topics.clearAll();
        topics.publishRules(Traffic.USUAL_PRODUCTS);
        Flow flow = new Flow();
        Thread reader = new Thread(flow::read, "read-prices");
        reader.start();
        List<String> settings = new ArrayList<>(topics.settings());
        settings.addAll(
                List.of(
                        "--kafka.delivery",
                        delivery,
                        "--kafka.price.trace",
                        Boolean.toString(contestant.trace),
                        "--lake.enabled",
                        "false"));
        String name = "latency-" + runs++;
        long start = System.nanoTime();
        try (ContestantRun run =
                new ContestantRun(
                        contestant, dir, name, options.commits(), List.of(), settings, null)) {
            flow.send(run);
            flow.awaitLast(run);
        } finally {
            flow.stopped = true;
            reader.join();
        }
        int[] micros = flow.latencies();
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.1f | %.1f | %.1f | %.1f | %.1f |%n",
                contestant.title,
                delivery,
                at(micros, 0.5),
                at(micros, 0.99),
                at(micros, 0.999),
                at(micros, 1),
                (flow.firstAt - start) / 1e9);
    }

    /** Milliseconds. */
    private static double at(int[] sorted, double share) {
        int rank = (int) Math.ceil(share * sorted.length) - 1;
        return sorted[Math.max(0, rank)] / 1e3;
    }

    /** The messages of one run, numbered by their quantity, and their prices. */
    private final class Flow {

        private final Traffic traffic = new Traffic(SEED, Traffic.USUAL_PRODUCTS);
        private final long[] due =
                new long
                        [options.rate()
                                * (int)
                                        PATIENCE.plus(options.warm())
                                                .plus(options.measured())
                                                .toSeconds()];

        /** From due to seen, in the order in which they were seen; as many as there may be. */
        private final int[] micros = new int[due.length * Traffic.WAREHOUSES_OF_A_MESSAGE];

        private final int[] numbers = new int[micros.length];
        private volatile int seen;
        private volatile long firstAt;
        private volatile boolean stopped;

        /** The measured ones: from here, to before here. */
        private int from;

        private int to;

        /** Sends at the rate until the measured time is over. */
        void send(ContestantRun run) throws Exception {
            long between = Duration.ofSeconds(1).toNanos() / options.rate();
            long moment = System.nanoTime();
            long giveUp = moment + PATIENCE.toNanos();
            long wallClock = System.currentTimeMillis() - moment / 1_000_000;
            long begin = Long.MAX_VALUE;
            int number = 0;
            try (KafkaProducer<byte[], byte[]> producer = topics.producer(0)) {
                while (begin == Long.MAX_VALUE || moment < begin + options.measured().toNanos()) {
                    for (long wait = moment - System.nanoTime();
                            wait > 0;
                            wait = moment - System.nanoTime()) {
                        LockSupport.parkNanos(wait);
                    }
                    if (begin == Long.MAX_VALUE && firstAt != 0) {
                        begin = firstAt + options.warm().toNanos();
                    }
                    if (firstAt == 0 && (moment > giveUp || !run.isAlive())) {
                        throw run.failed("has no price");
                    }
                    if (from == 0 && moment >= begin) {
                        from = number;
                    }
                    due[number] = moment;
                    byte[] message = traffic.next(wallClock + moment / 1_000_000, number);
                    byte[] key =
                            Traffic.productId(traffic.product()).getBytes(StandardCharsets.UTF_8);
                    producer.send(new ProducerRecord<>(KafkaTopics.INVENTORY, key, message));
                    number++;
                    moment += between;
                }
            }
            to = number;
        }

        void read() {
            try (KafkaConsumer<byte[], byte[]> consumer = topics.reader("read_committed")) {
                while (!stopped) {
                    var records = consumer.poll(Duration.ofMillis(100));
                    long now = System.nanoTime();
                    for (ConsumerRecord<byte[], byte[]> price : records) {
                        int number = DuePrices.quantity(price.value());
                        int next = seen;
                        numbers[next] = number;
                        micros[next] = (int) ((now - due[number]) / 1_000);
                        seen = next + 1;
                    }
                    if (firstAt == 0 && !records.isEmpty()) {
                        firstAt = now;
                    }
                }
            }
        }

        /** Waits for the prices of the messages that were sent last. */
        void awaitLast(ContestantRun run) throws Exception {
            long expected = (long) (to - from) * Traffic.WAREHOUSES_OF_A_MESSAGE;
            long giveUp = System.nanoTime() + LAST_PRICES.toNanos();
            while (latencies().length < expected) {
                if (System.nanoTime() > giveUp) {
                    throw run.failed("has %d of %d prices".formatted(latencies().length, expected));
                }
                Thread.sleep(200);
            }
        }

        /** Returns those of the measured messages, sorted. */
        int[] latencies() {
            int[] measured = new int[seen];
            int count = 0;
            for (int i = 0; i < measured.length; i++) {
                if (numbers[i] >= from && numbers[i] < to) {
                    measured[count++] = micros[i];
                }
            }
            int[] sorted = Arrays.copyOf(measured, count);
            Arrays.sort(sorted);
            return sorted;
        }
    }
}
