package io.slackwater.pricing.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.rules.Effect;
import io.slackwater.pricing.rules.RuleBook;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** What is allowed in a rule book and yet looks like a mistake. */
final class RuleBookWarnings {

    /** A higher percentage off is more often a slip than a sale. */
    static final BigDecimal HIGH_PERCENT = BigDecimal.valueOf(70);

    /** How editors find the schema of a document; it says nothing of prices. */
    static final String SCHEMA_FIELD = "$schema";

    /** A lower percentage off is more often a share (0.2 for 20 %) than meant. */
    private static final BigDecimal LOW_PERCENT = BigDecimal.ONE;

    /** A multiplier above it, or below its inverse, is more often a percentage than meant. */
    private static final BigDecimal HIGH_MULTIPLIER = BigDecimal.TEN;

    private static final BigDecimal LOW_MULTIPLIER = new BigDecimal("0.1");

    /** Takes what looks like a mistake. */
    @FunctionalInterface
    interface Sink {
        void warn(String reason, String path, String message);
    }

    private final List<Reason> warnings = new ArrayList<>();
    private int left;

    /**
     * Fields first, then regions and rules, times, names and promotions.
     *
     * @param root the document
     * @param book what it says; null when it has faults: then only single fields are looked at
     * @param now epoch milliseconds: what ended before is over
     */
    static List<Reason> of(JsonNode root, RuleBook book, long now) {
        RuleBookWarnings looked = new RuleBookWarnings();
        looked.fields(root);
        if (book != null) {
            looked.regions(book);
        }
        JsonNode rules = root.path("rules");
        for (int i = 0; i < rules.size() && i < RuleReader.MAX_RULES; i++) {
            // path, not get: where rules is no list, which is a fault, there is no rule i.
            looked.rule(rules.path(i), "/rules/" + i);
        }
        new TimeWarnings(looked::warn, now).of(root);
        new NameWarnings(looked::warn).of(root);
        if (book != null) {
            new PromotionWarnings(looked::warn, book).tell();
        }
        if (looked.left > 0) {
            looked.warnings.add(
                    new Reason(
                            "TOO_MANY_WARNINGS",
                            "",
                            "There are "
                                    + looked.left
                                    + " more warnings; the first "
                                    + BookFaults.MOST_REASONS
                                    + " are told."));
        }
        return List.copyOf(looked.warnings);
    }

    private void warn(String reason, String path, String message) {
        if (warnings.size() < BookFaults.MOST_REASONS) {
            warnings.add(new Reason(reason, path, message));
        } else {
            left++;
        }
    }

    private void fields(JsonNode root) {
        for (Iterator<String> names = root.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!RuleBookReader.BOOK_FIELDS.contains(name) && !name.equals(SCHEMA_FIELD)) {
                warn(
                        "UNKNOWN_FIELD_IGNORED",
                        BookFields.step("", name),
                        "A book has no field " + Texts.quote(name) + ": it is ignored.");
            }
        }
    }

    private void regions(RuleBook book) {
        Set<String> used = new HashSet<>();
        book.rules().forEach(rule -> used.addAll(rule.scope().regions()));
        for (String region : book.regions().keySet()) {
            if (!used.contains(region)) {
                warn(
                        "REGION_UNUSED",
                        BookFields.step("/regions", region),
                        "No rule names the region " + Texts.quote(region) + ".");
            }
        }
    }

    private void rule(JsonNode rule, String path) {
        if (rule.path("kind").asText().equals(Effect.Kind.ROUNDING.text()) && rule.has("ending")) {
            for (String field : List.of("increment", "mode")) {
                if (rule.has(field)) {
                    warn(
                            "ENDING_DECIDES",
                            path + "/" + field,
                            field + " does not matter beside an ending, which decides alone.");
                }
            }
        }
        JsonNode percent = rule.path("percent_off");
        if (percent.isNumber() && percent.decimalValue().compareTo(HIGH_PERCENT) > 0) {
            warn(
                    "PERCENT_OFF_HIGH",
                    path + "/percent_off",
                    "percent_off is above "
                            + HIGH_PERCENT
                            + ": the customer pays less than a third of the price.");
        }
        if (percent.isNumber()
                && percent.decimalValue().signum() > 0
                && percent.decimalValue().compareTo(LOW_PERCENT) < 0) {
            warn(
                    "PERCENT_OFF_LOW",
                    path + "/percent_off",
                    "percent_off is below 1: 0.2 takes off 0.2 %; where a fifth is meant, it is 20.");
        }
        multiplier(rule.path("multiplier"), path + "/multiplier");
        JsonNode bands = rule.path("bands");
        for (int i = 0; bands.isArray() && i < bands.size(); i++) {
            multiplier(bands.get(i).path("multiplier"), path + "/bands/" + i + "/multiplier");
        }
    }

    private void multiplier(JsonNode node, String path) {
        if (!node.isNumber() || node.decimalValue().signum() <= 0) {
            return;
        }
        boolean high = node.decimalValue().compareTo(HIGH_MULTIPLIER) > 0;
        if (high || node.decimalValue().compareTo(LOW_MULTIPLIER) < 0) {
            warn(
                    "MULTIPLIER_FAR_FROM_ONE",
                    path,
                    "multiplier is "
                            + (high ? "above " + HIGH_MULTIPLIER : "below " + LOW_MULTIPLIER)
                            + ": a price is multiplied by it; a fifth more is 1.2.");
        }
    }
}
