package io.slackwater.pricing.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.model.RuleBook.Promotion;
import io.slackwater.pricing.model.RuleBook.Rule;
import io.slackwater.pricing.model.RuleBook.Scope;
import io.slackwater.pricing.model.RuleStatus.Reason;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is allowed in a rule book and yet looks like a mistake. */
final class RuleBookWarnings {

    /** A higher percentage off is more often a slip than a sale. */
    static final BigDecimal HIGH_PERCENT = BigDecimal.valueOf(70);

    /** How editors find the schema of a document; it says nothing of prices. */
    static final String SCHEMA_FIELD = "$schema";

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    private final List<Reason> warnings = new ArrayList<>();

    /**
     * In the order of the document's parts: fields, regions, rules.
     *
     * @param root the document
     * @param book what it says; null when it has faults: then only single fields are looked at
     */
    static List<Reason> of(JsonNode root, RuleBook book) {
        RuleBookWarnings looked = new RuleBookWarnings();
        looked.fields(root);
        if (book != null) {
            looked.regions(book);
        }
        JsonNode rules = root.path("rules");
        for (int i = 0; i < rules.size() && i < RuleBookReader.MAX_RULES; i++) {
            // path, not get: where rules is no list, which is a fault, there is no rule i.
            looked.rule(rules.path(i), "/rules/" + i);
        }
        if (book != null) {
            looked.exclusives(book);
        }
        return List.copyOf(looked.warnings);
    }

    private void warn(String reason, String path, String message) {
        if (warnings.size() < BookFields.MAX_REASONS) {
            warnings.add(new Reason(reason, path, message));
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
        if (rule.path("kind").asText().equals(RuleBook.Kind.ROUNDING.text())
                && rule.has("ending")) {
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
    }

    private void exclusives(RuleBook book) {
        for (int i = 0; i < book.rules().size(); i++) {
            Rule rule = book.rules().get(i);
            Promotion promotion = rule.promotion();
            if (promotion != null
                    && promotion.exclusive()
                    && promotion.segment() != null
                    && mayGiveLess(rule, book)) {
                warn(
                        "EXCLUSIVE_MAY_GIVE_LESS",
                        "/rules/" + i,
                        "The exclusive promotion of segment "
                                + Texts.quote(promotion.segment())
                                + " may give less than the promotions for everybody that it shuts"
                                + " out; the segment then pays what everybody pays.");
            }
        }
    }

    /**
     * Whether the promotions for everybody that may meet an exclusive one of a segment may give
     * more. A percentage and an amount cannot be compared without a price: either may be more.
     */
    private static boolean mayGiveLess(Rule exclusive, RuleBook book) {
        Promotion mine = exclusive.promotion();
        BigDecimal kept = BigDecimal.ONE;
        BigDecimal amounts = BigDecimal.ZERO;
        for (Rule other : book.rules()) {
            Promotion theirs = other.promotion();
            if (theirs == null || theirs.segment() != null || !mayMeet(exclusive, other, book)) {
                continue;
            }
            if (theirs.percentOff() == null) {
                amounts = amounts.add(theirs.amountOff());
            } else {
                // An estimate: exact products of many percentages would grow without end.
                kept =
                        kept.multiply(
                                HUNDRED.subtract(theirs.percentOff()).movePointLeft(2),
                                MathContext.DECIMAL64);
            }
        }
        return mine.percentOff() != null
                ? amounts.signum() > 0
                        || kept.compareTo(HUNDRED.subtract(mine.percentOff()).movePointLeft(2)) < 0
                : kept.compareTo(BigDecimal.ONE) < 0 || amounts.compareTo(mine.amountOff()) > 0;
    }

    private static boolean mayMeet(Rule one, Rule other, RuleBook book) {
        Scope a = one.scope();
        Scope b = other.scope();
        return before(one.effectiveFrom(), other.effectiveTo())
                && before(other.effectiveFrom(), one.effectiveTo())
                && share(a.productIds(), b.productIds())
                && share(a.categories(), b.categories())
                && share(a.tiers(), b.tiers())
                && share(a.warehouseIds(), b.warehouseIds())
                && placesMeet(a, b, book.regions())
                && placesMeet(b, a, book.regions());
    }

    private static boolean before(Long from, Long to) {
        return from == null || to == null || from < to;
    }

    /** Whether some one thing may have a name of both; a side without names has them all. */
    private static boolean share(Set<String> a, Set<String> b) {
        return a.isEmpty() || b.isEmpty() || !Collections.disjoint(a, b);
    }

    /** Whether a warehouse of one scope, or of its regions, may lie in the other's regions. */
    private static boolean placesMeet(Scope a, Scope b, Map<String, Set<String>> regions) {
        if (b.regions().isEmpty() || !Collections.disjoint(a.regions(), b.regions())) {
            return true;
        }
        if (!a.warehouseIds().isEmpty()) {
            return b.regions().stream()
                    .anyMatch(
                            region -> !Collections.disjoint(a.warehouseIds(), regions.get(region)));
        }
        return a.regions().isEmpty()
                || a.regions().stream()
                        .anyMatch(
                                mine ->
                                        b.regions().stream()
                                                .anyMatch(
                                                        theirs ->
                                                                !Collections.disjoint(
                                                                        regions.get(mine),
                                                                        regions.get(theirs))));
    }
}
