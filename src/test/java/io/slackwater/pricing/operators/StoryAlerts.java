package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.demo.ContractModel.Due;
import io.slackwater.pricing.demo.ContractPrice.Amounts;
import io.slackwater.pricing.demo.ContractPrice.Quote;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.operators.StoryPrices.Shown;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The alerts of a {@link Story}. One input is judged by what it changed in the end: a jump of a
 * price, or of a segment's, between the record before and the one after, never between two on the
 * way. Prices of two currencies are not compared, which is said once.
 */
final class StoryAlerts {

    private static final Set<String> OF_PRICES =
            Set.of("PRICE_JUMP", "CURRENCY_CHANGED", "UNPRICED", "LIMIT_HIT");

    private final BigDecimal jump;

    /** Conditions that were told and have not ended, as key, segment and kind. */
    private final Set<String> told;

    private final Set<String> withdrawn;

    /**
     * @param jumpPercent a change of more than this is a jump
     */
    StoryAlerts(int jumpPercent) {
        jump = BigDecimal.valueOf(jumpPercent, 2);
        told = new TreeSet<>();
        withdrawn = new TreeSet<>();
    }

    private StoryAlerts(StoryAlerts other) {
        jump = other.jump;
        told = new TreeSet<>(other.told);
        withdrawn = new TreeSet<>(other.withdrawn);
    }

    StoryAlerts copy() {
        return new StoryAlerts(this);
    }

    /**
     * What was told of one key while its price went from record to record.
     *
     * @param shown what there was before, and after each record
     * @param alerts in their order
     * @param oneInput whether a single input did it all
     */
    void check(String key, List<Shown> shown, List<Alert> alerts, boolean oneInput) {
        Shown before = shown.get(0);
        Shown after = shown.get(shown.size() - 1);
        List<String> moves = new ArrayList<>();
        for (Alert alert : alerts) {
            String kind = alert.kind().name();
            String segment = alert.details().getOrDefault("segment", "");
            if (kind.equals("PRICE_JUMP") || kind.equals("CURRENCY_CHANGED")) {
                moves.add(move(alert));
            } else if (OF_PRICES.contains(kind)) {
                String limit = alert.details().getOrDefault("limit", "");
                boolean isNew = told.add(condition(key, segment, kind + limit));
                if (kind.equals("UNPRICED") && oneInput) {
                    assertTrue(
                            isNew || withdrawn.remove(key),
                            () -> key + " has been unpriced for long: " + alert);
                    assertFalse(
                            segment.isEmpty() && after.hasPrice(),
                            () -> key + " has a price in the end: " + alert);
                }
                // A limit hit later than the last record has changed nothing that is shown.
                if (kind.equals("LIMIT_HIT")
                        && oneInput
                        && shown.size() > 1
                        && after.hasPrice()
                        && alert.eventTime() <= after.last().effectiveAt()) {
                    assertTrue(
                            isAtLimit(after.quote(), segment, limit),
                            () -> key + " is not limited in the end: " + after + alert);
                }
            }
        }
        if (after.hasPrice()) {
            told.remove(condition(key, "", "UNPRICED"));
            for (String segment : after.last().segmentPrices().keySet()) {
                told.remove(condition(key, segment, "UNPRICED"));
            }
        }
        if (oneInput) {
            // Where it was withdrawn on the way, the last record follows no price.
            boolean interrupted = shown.stream().skip(1).anyMatch(one -> !one.hasPrice());
            List<String> expected = moves(before, after, false);
            List<String> possible = moves(before, after, true);
            assertTrue(
                    possible.containsAll(moves)
                            && new HashSet<>(moves).size() == moves.size()
                            && (moves.containsAll(expected) || (interrupted && moves.isEmpty())),
                    () ->
                            "%s goes from %s to %s: alerts %s, not %s"
                                    .formatted(
                                            key,
                                            before.amounts(),
                                            after.amounts(),
                                            expected,
                                            moves));
            return;
        }
        Set<String> possible = new HashSet<>();
        for (int i = 0; i < shown.size(); i++) {
            for (int j = i + 1; j < shown.size(); j++) {
                possible.addAll(moves(shown.get(i), shown.get(j), true));
            }
        }
        for (String move : moves) {
            assertTrue(possible.contains(move), () -> key + " never does: " + move + shown);
        }
    }

    /** The key may not be sold any more: if it comes again without a price, that is news. */
    void withdraw(String key) {
        withdrawn.add(key);
    }

    /** Conditions that are there in the end have been told. */
    void assertTold(Map<String, Due> due, boolean everKnown) {
        due.forEach(
                (key, price) -> {
                    Quote quote = price.quote();
                    if (quote.due() == null) {
                        assertTrue(
                                !everKnown || told.contains(condition(key, "", "UNPRICED")),
                                () -> key + " has no price, and no alert says so");
                        return;
                    }
                    for (String segment : quote.known()) {
                        assertTrue(
                                quote.due().segments().containsKey(segment)
                                        || told.contains(condition(key, segment, "UNPRICED")),
                                () -> key + ": no alert says that nobody sells to " + segment);
                    }
                    // What the rounding leaves of a price at one limit may be cut at the other.
                    for (String segment : quote.limited().keySet()) {
                        assertTrue(
                                told.contains(condition(key, segment, "LIMIT_HITFLOOR"))
                                        || told.contains(
                                                condition(key, segment, "LIMIT_HITCEILING")),
                                () ->
                                        "%s: no alert says that a limit of '%s' was hit"
                                                .formatted(key, segment));
                    }
                });
    }

    /** Also a price that only its rounding would have taken beyond the limit. */
    private static boolean isAtLimit(Quote quote, String segment, String limit) {
        BigDecimal price =
                segment.isEmpty() ? quote.due().price() : quote.due().segments().get(segment);
        BigDecimal bound = limit.equals("FLOOR") ? quote.floor() : quote.ceiling();
        RoundingMode inwards = limit.equals("FLOOR") ? RoundingMode.CEILING : RoundingMode.FLOOR;
        return bound != null
                && price != null
                && (limit.equals(quote.limited().get(segment))
                        || price.equals(bound.setScale(price.scale(), inwards)));
    }

    private static String condition(String key, String segment, String kind) {
        return key + " " + segment + " " + kind;
    }

    // ---------------------------------------------------------------- moves

    private static String move(Alert alert) {
        Map<String, String> details = alert.details();
        return "%s %s %s %s %s"
                .formatted(
                        alert.kind().name(),
                        details.getOrDefault("segment", ""),
                        details.get("previous_price"),
                        details.get("price"),
                        details.getOrDefault("change_percent", ""));
    }

    /**
     * @param orEverybodys whether a segment without a price of its own is taken to pay what
     *     everybody pays: it may be told, and need not
     */
    private List<String> moves(Shown from, Shown to, boolean orEverybodys) {
        List<String> moves = new ArrayList<>();
        Amounts before = from.amounts();
        Amounts after = to.amounts();
        if (before == null || after == null) {
            return moves;
        }
        if (!before.currency().equals(after.currency())) {
            moves.add("CURRENCY_CHANGED  %s %s ".formatted(before.price(), after.price()));
            return moves;
        }
        addJump(moves, "", before.price(), after.price());
        Set<String> segments = new TreeSet<>(before.segments().keySet());
        segments.addAll(after.segments().keySet());
        for (String segment : segments) {
            addJump(
                    moves,
                    segment,
                    before.segments().getOrDefault(segment, orEverybodys ? before.price() : null),
                    after.segments().getOrDefault(segment, orEverybodys ? after.price() : null));
        }
        return moves;
    }

    private void addJump(List<String> moves, String segment, BigDecimal before, BigDecimal after) {
        if (before == null || after == null) {
            return;
        }
        BigDecimal change = after.subtract(before);
        if (change.abs().compareTo(before.multiply(jump)) > 0) {
            moves.add(
                    "PRICE_JUMP %s %s %s %s"
                            .formatted(
                                    segment,
                                    before,
                                    after,
                                    change.multiply(BigDecimal.valueOf(100))
                                            .divide(before, 1, RoundingMode.HALF_UP)));
        }
    }
}
