package io.slackwater.pricing.tools;

import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.rules.RuleBook.Rule;
import io.slackwater.pricing.rules.RuleBook.Scope;
import io.slackwater.pricing.rules.RuleBook.Tier;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How one rule book differs from another, in words. The order of rules, which means nothing, is not
 * looked at, and neither are the versions.
 */
final class RuleBookDifference {

    /** How many names of a list are told. */
    private static final int NAMES = 10;

    /**
     * One difference.
     *
     * @param where {@code book}, {@code tier premium}, {@code region north} or {@code rule
     *     scarcity}
     * @param field of it; empty where it is added or removed as a whole
     * @param before in words; null: it was not there
     * @param after in words; null: it is no more
     * @param words what changed, as a person says it
     */
    record Change(String where, String field, String before, String after, String words) {}

    private final List<Change> changes = new ArrayList<>();

    private RuleBookDifference() {}

    /** Every difference, the book's own first, then tiers, regions and rules by name. */
    static List<Change> between(RuleBook before, RuleBook after) {
        RuleBookDifference difference = new RuleBookDifference();
        difference.fields("book", book(before), book(after));
        difference.each(
                "tier", before.tiers(), after.tiers(), tier -> one("base_price", price(tier)));
        difference.each(
                "region", before.regions(), after.regions(), set -> one("warehouses", names(set)));
        difference.each(
                "rule", byId(before.rules()), byId(after.rules()), RuleBookDifference::rule);
        return difference.changes;
    }

    private static Map<String, Rule> byId(List<Rule> rules) {
        return rules.stream().collect(Collectors.toMap(Rule::ruleId, Function.identity()));
    }

    /** What is there on one side only, and what changed of the rest. */
    private <T> void each(
            String noun,
            Map<String, T> before,
            Map<String, T> after,
            Function<T, Map<String, Object>> describe) {
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        for (String name : names) {
            T was = before.get(name);
            T is = after.get(name);
            String where = noun + " " + name;
            if (was == null || is == null) {
                String text = whole(describe.apply(was == null ? is : was));
                changes.add(
                        new Change(
                                where,
                                "",
                                was == null ? null : text,
                                is == null ? null : text,
                                text));
            } else {
                fields(where, describe.apply(was), describe.apply(is));
            }
        }
    }

    private void fields(String where, Map<String, Object> before, Map<String, Object> after) {
        Set<String> fields = new LinkedHashSet<>(before.keySet());
        fields.addAll(after.keySet());
        for (String field : fields) {
            Object was = before.get(field);
            Object is = after.get(field);
            if (!Objects.equals(was, is)) {
                changes.add(
                        new Change(
                                where, field, text(was), text(is), field + ": " + words(was, is)));
            }
        }
    }

    private static String words(Object was, Object is) {
        if (was == null) {
            return is + ", was not given";
        }
        if (is == null) {
            return "no longer given, was " + was;
        }
        // Of two lists only what is not in both: they may be long.
        return was instanceof Names before && is instanceof Names after
                ? Stream.of(before.without(after, " removed"), after.without(before, " added"))
                        .filter(part -> !part.isEmpty())
                        .collect(Collectors.joining("; "))
                : was + " -> " + is;
    }

    private static String text(Object value) {
        return value == null ? null : value.toString();
    }

    private static String whole(Map<String, Object> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + " " + field.getValue())
                .collect(Collectors.joining("; "));
    }

    /** Names, of which the first are told. */
    private record Names(Set<String> names) {

        String without(Names others, String verb) {
            Set<String> rest = new TreeSet<>(names);
            rest.removeAll(others.names);
            return rest.isEmpty() ? "" : new Names(rest) + verb;
        }

        @Override
        public String toString() {
            String first = names.stream().sorted().limit(NAMES).collect(Collectors.joining(", "));
            return names.size() > NAMES
                    ? first + " and " + (names.size() - NAMES) + " more"
                    : first;
        }
    }

    // ---- in words

    private static Map<String, Object> book(RuleBook book) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "book_id", book.bookId());
        put(fields, "currency", book.currency());
        put(fields, "effective_from", time(book.effectiveFrom()));
        put(fields, "effective_to", time(book.effectiveTo()));
        put(fields, "comment", book.comment());
        put(fields, "force", book.force() ? "true" : null);
        put(fields, "default_tier", book.defaultTier());
        return fields;
    }

    private static Map<String, Object> rule(Rule rule) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "kind", rule.kind().text());
        rule.effect().inWords().forEach((field, words) -> put(fields, field, words));
        Scope scope = rule.scope();
        put(fields, "product_ids", names(scope.productIds()));
        put(fields, "categories", names(scope.categories()));
        put(fields, "tiers", names(scope.tiers()));
        put(fields, "warehouse_ids", names(scope.warehouseIds()));
        put(fields, "regions", names(scope.regions()));
        put(fields, "priority", rule.priority() == 0 ? null : rule.priority());
        Period period = rule.period();
        put(fields, "effective_from", period.hasBeginning() ? time(period.from()) : null);
        put(fields, "effective_to", period.hasEnd() ? time(period.to()) : null);
        return fields;
    }

    private static Map<String, Object> one(String field, Object value) {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, field, value);
        return fields;
    }

    private static String price(Tier tier) {
        return plain(tier.basePrice());
    }

    private static Names names(Set<String> names) {
        return names.isEmpty() ? null : new Names(names);
    }

    private static String time(Long millis) {
        return millis == null ? null : Instants.format(millis);
    }

    private static String plain(BigDecimal number) {
        return number.toPlainString();
    }

    private static void put(Map<String, Object> fields, String name, Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }
}
