package io.slackwater.pricing.connectors;

import io.slackwater.pricing.Inputs;
import io.slackwater.pricing.Output;
import io.slackwater.pricing.Outputs;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The world as the settings name it: checked first, then attached to the topology.
 *
 * <pre>{@code
 * Connectors.prepare(settings, environment.getConfiguration());
 * Inputs inputs = Connectors.inputs(environment, settings, System::currentTimeMillis);
 * Outputs outputs = Connectors.outputs(settings);
 * }</pre>
 */
public final class Connectors {

    private Connectors() {}

    /**
     * Creates the topics (where the settings want it) and tables that are missing, and checks that
     * everything is there, can be reached and is as the job needs it.
     *
     * @param flink the settings of Flink
     * @throws StartupException with the faults of all of them together
     */
    public static void prepare(Settings settings, ReadableConfig flink) {
        List<String> faults = new ArrayList<>();
        collect(faults, () -> KafkaTopics.check(settings, flink));
        if (settings.lake().enabled()) {
            collect(faults, () -> Lake.prepare(settings.lake(), flink));
        }
        if (settings.database().enabled()) {
            collect(faults, () -> CurrentPrices.prepare(settings.database()));
        }
        if (!faults.isEmpty()) {
            throw new StartupException(faults);
        }
    }

    private static void collect(List<String> faults, Runnable step) {
        try {
            step.run();
        } catch (StartupException e) {
            faults.addAll(e.faults());
        }
    }

    /**
     * Adds the sources to the environment.
     *
     * @param wallClock what event time follows when no inventory comes
     * @throws StartupException when the broker cannot be reached, an input topic is missing, or the
     *     lake cannot say which rule books the topic has lost
     */
    public static Inputs inputs(
            StreamExecutionEnvironment environment, Settings settings, WallClock wallClock) {
        return KafkaInputs.of(environment, settings, wallClock);
    }

    /**
     * Where results go: always to Kafka, and to the lake and the database where they are on.
     *
     * @throws StartupException when the broker cannot be asked how large a record may be
     */
    public static Outputs outputs(Settings settings) {
        KafkaOutputs kafka = new KafkaOutputs(settings.kafka(), KafkaTopics.rooms(settings));
        Output<PricingEvent> published = kafka.prices();
        if (settings.database().enabled()) {
            published = published.and(CurrentPrices.output(settings.database()));
        }
        Output<PricingEvent> events = onlyPublished(published);
        Output<DashboardMetric> metrics = kafka.metrics();
        Output<RuleStatus> ruleStatus = kafka.ruleStatus();
        Output<DeadLetter> deadLetters = kafka.deadLetters();
        if (settings.lake().enabled()) {
            Lake lake = new Lake(settings.lake());
            events = events.and(lake.events());
            metrics = metrics.and(lake.metrics());
            ruleStatus = ruleStatus.and(lake.ruleBooks());
            deadLetters = deadLetters.and(lake.deadLetters());
        }
        return new Outputs(events, metrics, kafka.alerts(), ruleStatus, deadLetters);
    }

    private static Output<PricingEvent> onlyPublished(Output<PricingEvent> output) {
        return events ->
                output.write(
                        events.filter(event -> event.published() != Published.NOTHING)
                                .setParallelism(events.getParallelism())
                                .name("select-published-prices")
                                .uid("select-published-prices"));
    }
}
