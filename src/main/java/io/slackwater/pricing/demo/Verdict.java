package io.slackwater.pricing.demo;

import io.slackwater.pricing.demo.Watch.Newest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Compares what was sent, what the job has counted, and what others read from its outputs. It takes
 * nothing from the job that can be known without it.
 */
final class Verdict {

    /** One comparison; {@code found} says both sides. */
    record Check(String what, String found, boolean right) {}

    /** The messages that were sent. */
    record Sent(
            long messages,
            long lines,
            long badLines,
            OptionalLong unusable,
            Map<String, Long> levels) {}

    /**
     * The records and rows in the outputs.
     *
     * @param prices records of {@code price_list} with a price
     * @param lakePrices rows of {@code pricing.events} that were published with a price; empty
     *     without a lake
     * @param unpriced whether the job raised the alert that stock has no price
     * @param database the table current_prices, by the key of {@code price_list}; null without it
     * @param audit what the independent check found
     */
    record Found(
            long prices,
            long brokenVersions,
            long deadLetters,
            boolean unpriced,
            Map<String, Newest> newest,
            OptionalLong lakePrices,
            Map<String, Newest> database,
            Auditor.Conclusion audit) {}

    private final List<Check> checks = new ArrayList<>();

    /**
     * Compares.
     *
     * @param counters the job's own, by name
     */
    Verdict(Sent sent, Map<String, Long> counters, Found found) {
        Map<String, Long> job = new HashMap<>(counters);
        equal("every message reached the job", sent.messages(), count(job, "messages"), "sent");
        if (sent.unusable().isPresent()) {
            equal("every line was seen", sent.lines(), count(job, "lines"), "sent");
            equal(
                    "every unusable message is known",
                    sent.unusable().getAsLong(),
                    count(job, "deadMessages"),
                    "sent");
            equal("every bad line is known", sent.badLines(), count(job, "deadLines"), "sent");
        } else if (count(job, "deadMessages") == 0) {
            equal("every line was seen", sent.lines(), count(job, "lines"), "sent");
        }
        equal(
                "every line ended in one place",
                count(job, "lines"),
                count(job, "priced")
                        + count(job, "unchanged")
                        + count(job, "superseded")
                        + count(job, "waiting")
                        + count(job, "deadLines"),
                "lines");
        equal(
                "every dead letter was published",
                count(job, "deadMessages") + count(job, "deadLines"),
                found.deadLetters(),
                "bad");
        equal("no price is lost or doubled", 0, found.brokenVersions(), "gaps allowed");
        checkLevels(sent.levels(), found.newest(), found.unpriced());
        checks.add(
                new Check(
                        "every price is what the rules say",
                        found.audit().found(),
                        found.audit().right()));
        found.lakePrices()
                .ifPresent(
                        rows ->
                                equal(
                                        "the lake has every price once",
                                        found.prices(),
                                        rows,
                                        "prices"));
        if (found.database() != null) {
            checkDatabase(found.newest(), found.database());
        }
    }

    private void checkLevels(
            Map<String, Long> levels, Map<String, Newest> newest, boolean unpriced) {
        long right = 0;
        long priced = 0;
        for (Map.Entry<String, Newest> entry : newest.entrySet()) {
            Long level = levels.get(entry.getKey());
            if (entry.getValue().price() != null) {
                priced++;
                if (level != null && level == entry.getValue().quantity()) {
                    right++;
                }
            }
        }
        checks.add(
                new Check(
                        "every newest stock level has its price",
                        "%,d levels, %,d prices, %,d alike".formatted(levels.size(), priced, right),
                        right == priced && (unpriced || right == levels.size())));
    }

    private void checkDatabase(Map<String, Newest> newest, Map<String, Newest> database) {
        long same = 0;
        for (Map.Entry<String, Newest> entry : newest.entrySet()) {
            Newest row = database.get(entry.getKey());
            Newest price = entry.getValue();
            if (row != null
                    && row.version() == price.version()
                    && (price.price() == null
                            ? row.price() == null
                            : row.price() != null
                                    && row.price().compareTo(price.price()) == 0
                                    && row.quantity() == price.quantity())) {
                same++;
            }
        }
        checks.add(
                new Check(
                        "the database has the newest prices",
                        "%,d keys, %,d rows, %,d alike"
                                .formatted(newest.size(), database.size(), same),
                        same == newest.size() && same == database.size()));
    }

    private void equal(String what, long expected, long actual, String noun) {
        checks.add(
                new Check(
                        what,
                        "%,d %s, %,d found".formatted(expected, noun, actual),
                        expected == actual));
    }

    static long count(Map<String, Long> counters, String name) {
        return counters.getOrDefault(name, 0L);
    }

    List<Check> checks() {
        return List.copyOf(checks);
    }

    boolean addsUp() {
        return checks.stream().allMatch(Check::right);
    }
}
