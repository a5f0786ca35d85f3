package io.slackwater.pricing.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.slackwater.pricing.PricingJob;
import io.slackwater.pricing.benchmark.EndToEndBenchmark.Variant;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.connectors.PlainLake;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
 * One run of {@link EndToEndBenchmark}, in a JVM of its own, which says at its end what it cost.
 */
final class BenchmarkRun {

    /** Before the line's processor time and wall time, nanoseconds. */
    static final String RESULT = "RESULT ";

    private static final int PARALLELISM = 2;

    private BenchmarkRun() {}

    /**
     * @param args the variant, the folder of Flink's settings, where checkpoints go (a URI), then
     *     the settings of the job
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
        long begin = System.nanoTime();
        Variant variant = Variant.valueOf(args[0]);
        Configuration flink = GlobalConfiguration.loadConfiguration(args[1]);
        Settings settings =
                SettingsReader.read(Arrays.copyOfRange(args, 3, args.length), System.getenv());
        if (variant.stateBackend == null) {
            loop(settings, flink.get(CheckpointingOptions.CHECKPOINTING_INTERVAL));
        } else {
            flink.set(StateBackendOptions.STATE_BACKEND, variant.stateBackend);
            flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, args[2]);
            flink.setString("restart-strategy.type", "none");
            flink.set(RestOptions.BIND_PORT, "0");
            job(settings, flink);
        }
        OperatingSystemMXBean system =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long wall = System.nanoTime() - begin;
        System.out.println(RESULT + system.getProcessCpuTime() + " " + wall);
    }

    private static void job(Settings settings, Configuration flink) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(PARALLELISM, flink);
        PricingJob.define(environment, settings);
        System.out.println(
                "counters: " + PricingJob.summary(environment.execute(PricingJob.JOB_NAME)));
    }

    private static void loop(Settings settings, Duration commitInterval) throws Exception {
        List<TopicPartition> partitions = EndToEndBenchmark.partitionsOf(KafkaTopics.INVENTORY);
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
            loops.add(threads.submit(new BareLoop(i, settings, ours, commitInterval, lake)));
        }
        for (Future<?> each : loops) {
            each.get();
        }
        threads.shutdown();
    }
}
