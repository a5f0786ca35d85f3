package io.slackwater.pricing;

import io.slackwater.pricing.connectors.Connectors;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.Settings.Delivery;
import io.slackwater.pricing.settings.SettingsReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job: settings, connectors, topology, execute. The same for live and bounded runs, on a
 * cluster and in a MiniCluster.
 *
 * <pre>flink run slackwater-pricing-VERSION-job.jar --settings pricing.properties --KEY VALUE</pre>
 */
public final class PricingJob {

    /** What the Flink web UI calls the live job, and the alarms too. */
    public static final String JOB_NAME = "slackwater-pricing";

    /** A bounded run is late by nature and ends: under a name of its own it raises no alarm. */
    public static final String BOUNDED_JOB_NAME = "slackwater-pricing-bounded";

    private static final Logger LOG = LoggerFactory.getLogger(PricingJob.class);

    /** How long a record waits between two tasks where a reader waits for it. */
    private static final Duration SOON = Duration.ofMillis(10);

    /** Exactly one of these counts a line. */
    private static final List<String> LINE_ENDS =
            List.of("priced", "unchanged", "superseded", "waiting", "deadLines");

    /** Exactly one of these counts a delisting. */
    private static final List<String> DELISTING_ENDS =
            List.of("delisted", "delistingsSuperseded", "delistingsUnchanged", "delistingsUnknown");

    private PricingJob() {}

    /**
     * @param args {@code --settings FILE} and {@code --KEY VALUE} for every key of {@code
     *     jobs/pricing.properties}
     * @throws Exception with one line a fault, when the settings or the world do not allow a start
     */
    public static void main(String[] args) throws Exception {
        Settings settings = SettingsReader.read(args, System.getenv());
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        define(environment, settings);
        if (settings.mode() == Settings.Mode.LIVE) {
            environment.executeAsync(JOB_NAME);
        } else {
            LOG.info("{}", summary(environment.execute(BOUNDED_JOB_NAME)));
        }
    }

    /** Checks the world and attaches the whole flow, without executing it. */
    public static void define(StreamExecutionEnvironment environment, Settings settings) {
        LOG.info("{}: {}", JOB_NAME, settings);
        sendOn(environment, settings.kafka().delivery());
        Connectors.prepare(settings, environment.getConfiguration());
        // What the circuit breaker says depends on the stock known when a book comes. History must
        // replay the same, whichever input is read first.
        Settings.Pricing pricing =
                settings.mode() == Settings.Mode.BOUNDED
                        ? settings.pricing().forHistory()
                        : settings.pricing();
        PricingTopology.attach(
                Connectors.inputs(environment, settings, System::currentTimeMillis),
                Connectors.outputs(settings),
                pricing);
    }

    /**
     * Sets how long a record waits for company between two tasks, where Flink's settings do not say
     * it. With at-least-once delivery a reader waits for the record; with exactly-once he waits for
     * the checkpoint, whose barrier sends on what waits, and Flink's own 100 ms cost less.
     */
    static void sendOn(StreamExecutionEnvironment environment, Delivery delivery) {
        if (delivery == Delivery.AT_LEAST_ONCE
                && environment
                        .getConfiguration()
                        .getOptional(ExecutionOptions.BUFFER_TIMEOUT)
                        .isEmpty()) {
            environment.configure(new Configuration().set(ExecutionOptions.BUFFER_TIMEOUT, SOON));
        }
    }

    /** The counters of the conservation law of a finished bounded run, on one line. */
    public static String summary(JobExecutionResult result) {
        return summary(result.getAllAccumulatorResults());
    }

    /**
     * The counters of the conservation law, on one line.
     *
     * @param accumulators of the job, by name
     */
    public static String summary(Map<String, Object> accumulators) {
        Counts counts =
                name -> accumulators.get(name) instanceof Long count ? count : Long.valueOf(0);
        String lines =
                "%d messages (%d dead): %d lines = %d priced + %d unchanged + %d superseded + %d waiting + %d dead%s"
                        .formatted(
                                counts.of("messages"),
                                counts.of("deadMessages"),
                                counts.of("lines"),
                                counts.of("priced"),
                                counts.of("unchanged"),
                                counts.of("superseded"),
                                counts.of("waiting"),
                                counts.of("deadLines"),
                                counts.difference("lines", LINE_ENDS));
        String prices =
                "%d re-priced, %d withdrawn, %d late for their window"
                        .formatted(
                                counts.of("repriced"),
                                counts.of("withdrawn"),
                                counts.of("lateForWindow"));
        String delistings =
                "%d delistings = %d delisted + %d superseded + %d unchanged + %d of unknown products%s"
                        .formatted(
                                counts.of("delistings"),
                                counts.of("delisted"),
                                counts.of("delistingsSuperseded"),
                                counts.of("delistingsUnchanged"),
                                counts.of("delistingsUnknown"),
                                counts.difference("delistings", DELISTING_ENDS));
        return counts.of("delistings") == 0
                ? lines + "; " + prices
                : lines + "; " + prices + "; " + delistings;
    }

    /** The counters by name. */
    private interface Counts {
        long of(String name);

        /** What is to be said where a counter is not the sum of others; empty where it is. */
        default String difference(String sum, List<String> parts) {
            long rest = of(sum) - parts.stream().mapToLong(this::of).sum();
            return rest == 0 ? "" : " (DOES NOT ADD UP: " + rest + ")";
        }
    }
}
