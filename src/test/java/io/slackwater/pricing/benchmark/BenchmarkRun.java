package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.PricingJob;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.connectors.PlainLake;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.TopicPartition;

/**
 * One run of a {@link Contestant}, in a JVM of its own: until it is stopped, or until it has read
 * all.
 */
final class BenchmarkRun {

    private static final int PARALLELISM = 2;

    private BenchmarkRun() {}

    /**
     * @param args the contestant, the folder of Flink's settings, a folder of its own (a URI), the
     *     milliseconds between commits, then the settings of the job
     */
    public static void main(String[] args) {
        try {
            run(args);
        } catch (Throwable e) {
            e.printStackTrace();
            // Threads of Flink would keep the process alive.
            System.exit(1);
        }
        System.exit(0);
    }

    private static void run(String[] args) throws Exception {
        Contestant contestant = Contestant.valueOf(args[0]);
        String dir = args[2];
        Duration commits = Duration.ofMillis(Long.parseLong(args[3]));
        Settings settings =
                SettingsReader.read(Arrays.copyOfRange(args, 4, args.length), System.getenv());
        switch (contestant.program) {
            case PLAIN_LOOP -> plainLoops(settings, commits);
            case OWN_LOOP -> ownLoops(settings, commits);
            case STREAMS -> {
                StreamsPipeline.start(
                        settings.kafka(),
                        PARALLELISM,
                        commits,
                        Path.of(URI.create(dir)).resolve("state").toString());
                new CountDownLatch(1).await();
            }
            case FLINK ->
                    OrdinaryFlinkJob.run(
                            settings.kafka(), contestant.stateBackend, PARALLELISM, commits, dir);
            case JOB -> {
                Configuration flink = GlobalConfiguration.loadConfiguration(args[1]);
                flink.set(StateBackendOptions.STATE_BACKEND, contestant.stateBackend);
                flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, dir);
                flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, commits);
                flink.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, Duration.ZERO);
                flink.setString("restart-strategy.type", "none");
                flink.set(RestOptions.BIND_PORT, "0");
                job(settings, flink);
            }
        }
    }

    private static void job(Settings settings, Configuration flink) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(PARALLELISM, flink);
        PricingJob.define(environment, settings);
        environment.execute(PricingJob.JOB_NAME);
    }

    private static void plainLoops(Settings settings, Duration commits) throws Exception {
        List<PlainLoop> loops = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (TopicPartition each : PriceTopics.partitionsOf(KafkaTopics.INVENTORY)) {
            PlainLoop loop = new PlainLoop(each, settings.kafka(), commits);
            Thread thread = new Thread(loop, "loop-" + each.partition());
            thread.setUncaughtExceptionHandler(
                    (failed, e) -> {
                        e.printStackTrace();
                        Runtime.getRuntime().halt(1);
                    });
            loops.add(loop);
            threads.add(thread);
        }
        Thread atExit =
                new Thread(
                        () -> {
                            loops.forEach(PlainLoop::stop);
                            threads.forEach(BenchmarkRun::await);
                        });
        Runtime.getRuntime().addShutdownHook(atExit);
        threads.forEach(Thread::start);
        threads.forEach(BenchmarkRun::await);
    }

    private static void await(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void ownLoops(Settings settings, Duration commits) throws Exception {
        List<TopicPartition> partitions = PriceTopics.partitionsOf(KafkaTopics.INVENTORY);
        List<Future<?>> loops = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(PARALLELISM);
        if (settings.lake().enabled()) {
            PlainLake.prepare(settings.lake());
        }
        for (int i = 0; i < PARALLELISM; i++) {
            int number = i;
            List<TopicPartition> ours =
                    partitions.stream()
                            .filter(each -> each.partition() % PARALLELISM == number)
                            .toList();
            PlainLake lake =
                    settings.lake().enabled() ? PlainLake.open(settings.lake(), number) : null;
            loops.add(threads.submit(new BareLoop(i, settings, ours, commits, lake)));
        }
        for (Future<?> each : loops) {
            each.get();
        }
        threads.shutdown();
    }
}
