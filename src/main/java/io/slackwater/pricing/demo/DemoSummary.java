package io.slackwater.pricing.demo;

import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.demo.JobDrain.Drained;
import io.slackwater.pricing.demo.Verdict.Check;
import io.slackwater.pricing.settings.Settings;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Sums up on the screen what was sent, what came out, and whether it adds up. */
final class DemoSummary {

    private final Screen screen;
    private final Settings settings;
    private final Feed feed;
    private final Watch watch;

    DemoSummary(Screen screen, Settings settings, Feed feed, Watch watch) {
        this.screen = screen;
        this.settings = settings;
        this.feed = feed;
        this.watch = watch;
    }

    /**
     * Compares and prints.
     *
     * @param traffic what was sent
     * @param killed how many task managers visitors have killed
     * @param audited what the independent check found
     * @return whether it adds up
     */
    boolean print(Traffic traffic, Drained job, int killed, Auditor.Conclusion audited)
            throws IOException, SQLException {
        Aftermath aftermath = new Aftermath(settings);
        boolean lake = settings.lake().enabled();
        long prices = watch.records(KafkaTopics.PRICES) - watch.withdrawals();
        Verdict verdict =
                new Verdict(
                        new Verdict.Sent(
                                feed.messages(),
                                feed.lines(),
                                feed.badLines(),
                                traffic.unusable(),
                                traffic.levels()),
                        job.counters(),
                        new Verdict.Found(
                                prices,
                                watch.brokenVersions(),
                                watch.records(KafkaTopics.DEAD_LETTERS),
                                watch.alerts().containsKey("UNPRICED"),
                                watch.newest(),
                                lake
                                        ? OptionalLong.of(aftermath.lakePrices())
                                        : OptionalLong.empty(),
                                settings.database().enabled() ? aftermath.currentPrices() : null,
                                audited));
        screen.say("");
        printJob(job, killed);
        printOutputs(prices);
        if (lake) {
            row("lake", "%,d rows in pricing.events".formatted(aftermath.lakeRows()));
        }
        screen.say("");
        for (Check check : verdict.checks()) {
            screen.say(
                    "  %s %-42s %s"
                            .formatted(
                                    check.right()
                                            ? screen.paint("32", "yes")
                                            : screen.paint("31", "NO "),
                                    check.what(),
                                    check.found()));
        }
        screen.say("");
        screen.say("adds up: " + (verdict.addsUp() ? "yes" : "no"));
        return verdict.addsUp();
    }

    private void printJob(Drained job, int killed) {
        Map<String, Long> counters = job.counters();
        row("sent", "%,d messages, %,d warehouse lines".formatted(feed.messages(), feed.lines()));
        row("", byCount(feed.byKind()));
        row(
                "the job",
                "%,d messages, %,d unusable, %d failures%s"
                        .formatted(
                                Verdict.count(counters, "messages"),
                                Verdict.count(counters, "deadMessages"),
                                job.failures(),
                                killed == 0 ? "" : ", %d task managers killed".formatted(killed)));
        row("", CounterBalance.law(counters));
    }

    private void printOutputs(long prices) {
        row(
                "price_list",
                "%,d prices, %,d withdrawals, %,d products in warehouses"
                        .formatted(prices, watch.withdrawals(), watch.newest().size()));
        row(
                "dead_letters",
                "%,d: %s"
                        .formatted(
                                watch.records(KafkaTopics.DEAD_LETTERS),
                                watch.reasons().stream()
                                        .map(e -> "%,d %s".formatted(e.getValue(), e.getKey()))
                                        .collect(Collectors.joining(", "))));
        row(
                "alerts",
                "%,d: %s".formatted(watch.records(KafkaTopics.ALERTS), byCount(watch.alerts())));
        row(
                "windows",
                "%,d records of dashboard_metrics".formatted(watch.records(KafkaTopics.METRICS)));
    }

    private void row(String name, String text) {
        screen.say("  %-13s %s".formatted(name, text));
    }

    private static String byCount(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(e -> "%,d %s".formatted(e.getValue(), e.getKey()))
                .collect(Collectors.joining(", "));
    }
}
