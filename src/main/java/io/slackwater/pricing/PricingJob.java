package io.slackwater.pricing;

import io.slackwater.pricing.connectors.Connectors;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.JobExecutionResult;
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
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String name :
                new String[] {
                    "messages",
                    "deadMessages",
                    "lines",
                    "priced",
                    "unchanged",
                    "superseded",
                    "waiting",
                    "deadLines",
                    "repriced",
                    "withdrawn",
                    "lateForWindow"
                }) {
            counts.put(name, accumulators.get(name) instanceof Long count ? count : 0L);
        }
        long ended =
                counts.get("priced")
                        + counts.get("unchanged")
                        + counts.get("superseded")
                        + counts.get("waiting")
                        + counts.get("deadLines");
        return "%d messages (%d dead): %d lines = %d priced + %d unchanged + %d superseded + %d waiting + %d dead%s; %d re-priced, %d withdrawn, %d late for their window"
                .formatted(
                        counts.get("messages"),
                        counts.get("deadMessages"),
                        counts.get("lines"),
                        counts.get("priced"),
                        counts.get("unchanged"),
                        counts.get("superseded"),
                        counts.get("waiting"),
                        counts.get("deadLines"),
                        ended == counts.get("lines")
                                ? ""
                                : " (DOES NOT ADD UP: " + (counts.get("lines") - ended) + ")",
                        counts.get("repriced"),
                        counts.get("withdrawn"),
                        counts.get("lateForWindow"));
    }
}
