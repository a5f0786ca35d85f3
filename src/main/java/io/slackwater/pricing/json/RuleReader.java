package io.slackwater.pricing.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.rules.BookCheck;
import io.slackwater.pricing.rules.Effect.Kind;
import io.slackwater.pricing.rules.RuleBook.Rule;
import io.slackwater.pricing.rules.RuleBook.Scope;
import io.slackwater.pricing.rules.RuleBook.Tier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the rules of a rule book: what every rule has, and its scope. What it does is read by
 * {@link RuleBodies}. For one book.
 */
final class RuleReader {

    /** The most rules of a book. */
    static final int MAX_RULES = 20_000;

    /** The most different segments of a book: each is one more price for every stock level. */
    static final int MAX_SEGMENTS = 20;

    /**
     * The most combinations of product, category, tier and warehouse that one scope names, its
     * regions resolved to their warehouses.
     */
    static final int MAX_COMBINATIONS = 100_000;

    /**
     * The most combinations of all scopes of a book: an index of them has to fit in memory, and a
     * book of 1 MiB could name hundreds of millions.
     */
    static final int MAX_COMBINATIONS_OF_BOOK = 1_000_000;

    /** The fields of every rule, whatever its kind. */
    static final List<String> RULE_FIELDS =
            List.of("rule_id", "kind", "scope", "priority", "effective_from", "effective_to");

    static final List<String> SCOPE_FIELDS =
            List.of("product_ids", "categories", "tiers", "warehouse_ids", "regions");

    private static final Map<String, Kind> KINDS =
            Arrays.stream(Kind.values())
                    .collect(
                            Collectors.toMap(
                                    Kind::text, kind -> kind, (a, b) -> a, LinkedHashMap::new));

    private final BookFields in;
    private final RuleBodies bodies;
    private final Map<String, Tier> tiers;
    private final Map<String, Set<String>> regions;

    /** By their place in the document. */
    private final Map<Integer, Rule> faultless = new LinkedHashMap<>();

    /** What the scopes of all rules name together. */
    private long combinations;

    /**
     * @param currency of the book; null: faulty
     * @param tiers of the book, by name; null: they cannot be read
     * @param regions of the book, by name; null: they cannot be read
     */
    RuleReader(
            BookFields in,
            String currency,
            Map<String, Tier> tiers,
            Map<String, Set<String>> regions) {
        this.in = in;
        this.bodies = new RuleBodies(in, currency);
        this.tiers = tiers;
        this.regions = regions;
    }

    /**
     * Reads all rules; those that are not even objects are left out, faulty ones have holes.
     *
     * @param node the list; null: absent
     */
    List<Rule> rules(JsonNode node) {
        if (node == null || !node.isArray()) {
            in.notA("RULES", "_NOT_A_LIST", "/rules", "rules", node, "a list of rules");
            return List.of();
        }
        if (node.size() > MAX_RULES) {
            in.fault(
                    "TOO_MANY_RULES",
                    "/rules",
                    "rules has " + node.size() + " rules; allowed: at most " + MAX_RULES + ".");
            return List.of();
        }
        List<Rule> rules = new ArrayList<>(node.size());
        Map<String, Integer> ids = new HashMap<>();
        Set<String> segments = new HashSet<>();
        for (int i = 0; i < node.size(); i++) {
            String path = "/rules/" + i;
            int before = in.count();
            Rule rule = rule(node.get(i), path);
            if (rule == null) {
                continue;
            }
            if (in.count() == before) {
                faultless.put(i, rule);
            }
            combinations += combinations(rule.scope());
            if (rule.effect() != null && rule.effect().segment() != null) {
                segments.add(rule.effect().segment());
            }
            Integer first = rule.ruleId() == null ? null : ids.putIfAbsent(rule.ruleId(), i);
            if (first != null) {
                in.fault(
                        "RULE_ID_DUPLICATE",
                        path + "/rule_id",
                        "rule_id "
                                + Texts.quote(rule.ruleId())
                                + " is the id of /rules/"
                                + first
                                + " too; allowed: one rule an id.");
            }
            rules.add(rule);
        }
        if (segments.size() > MAX_SEGMENTS) {
            in.fault(
                    "TOO_MANY_SEGMENTS",
                    "/rules",
                    "The promotions name "
                            + segments.size()
                            + " segments; allowed: at most "
                            + MAX_SEGMENTS
                            + ".");
        }
        if (combinations > MAX_COMBINATIONS_OF_BOOK) {
            in.fault(
                    "BOOK_TOO_WIDE",
                    "/rules",
                    "The scopes of all rules name "
                            + combinations
                            + " combinations; allowed: at most "
                            + MAX_COMBINATIONS_OF_BOOK
                            + ".");
        }
        return Collections.unmodifiableList(rules);
    }

    /**
     * Tells what faultless rules say of each other, unless they name too much to compare.
     *
     * @param bookPeriod when the book holds, as far as it says so
     */
    void check(Period bookPeriod) {
        if (regions == null || combinations > MAX_COMBINATIONS_OF_BOOK) {
            return;
        }
        for (BookCheck.Fault fault :
                BookCheck.faults(faultless, regions, bookPeriod, Texts::quote)) {
            String rule = "/rules/" + fault.rule();
            in.fault(
                    fault.code(),
                    fault.field().isEmpty() ? rule : rule + "/" + fault.field(),
                    fault.sentence());
        }
    }

    /** Null when it is not even an object; with holes when it is faulty. */
    private Rule rule(JsonNode node, String path) {
        if (!node.isObject()) {
            in.notA("RULE", "_NOT_AN_OBJECT", path, "The rule", node, "an object");
            return null;
        }
        String ruleId = in.name(node, path, "rule_id", true);
        String kindText = in.text(node, path, "kind", true);
        Kind kind = kindText == null ? null : KINDS.get(kindText);
        if (kindText != null && kind == null) {
            in.fault(
                    "UNKNOWN_KIND",
                    path + "/kind",
                    "kind "
                            + Texts.quote(kindText)
                            + " is unknown; allowed: "
                            + String.join(", ", KINDS.keySet())
                            + ".");
        }
        refuseOthers(node, path, kind);
        Scope scope = scope(node, path);
        Long priority =
                in.integer(node, path, "priority", Integer.MIN_VALUE, Integer.MAX_VALUE, false);
        Long from = in.time(node, path, "effective_from");
        Long to = in.time(node, path, "effective_to");
        in.refuseNoTime(from, to, path);
        return new Rule(
                ruleId,
                scope,
                priority == null ? 0 : priority.intValue(),
                Period.of(from, to),
                kind == null ? null : bodies.effect(kind, node, path));
    }

    /** A field of another kind would be followed by nobody, whatever its author meant. */
    private void refuseOthers(JsonNode rule, String path, Kind kind) {
        List<String> allowed = new ArrayList<>(RULE_FIELDS);
        if (kind == null) {
            // Which kind was meant is not known: only what no kind has is surely wrong.
            KINDS.values().forEach(any -> allowed.addAll(RuleBodies.fields(any)));
            in.refuseOthers(rule, path, "A rule", allowed);
        } else {
            allowed.addAll(RuleBodies.fields(kind));
            in.refuseOthers(rule, path, "A rule of kind " + kind.text(), allowed);
        }
    }

    private Scope scope(JsonNode rule, String rulePath) {
        JsonNode node = rule.get("scope");
        if (node == null) {
            return Scope.EVERYWHERE;
        }
        String path = rulePath + "/scope";
        if (!node.isObject()) {
            in.notA("SCOPE", "_NOT_AN_OBJECT", path, "scope", node, "an object of lists");
            return Scope.EVERYWHERE;
        }
        in.refuseOthers(node, path, "A scope", SCOPE_FIELDS);
        Scope scope =
                new Scope(
                        scopeNames(node, path, "product_ids"),
                        scopeNames(node, path, "categories"),
                        scopeNames(node, path, "tiers"),
                        scopeNames(node, path, "warehouse_ids"),
                        scopeNames(node, path, "regions"));
        refuseUnknown("TIER", node, path, "tiers", scope.tiers(), tiers);
        refuseUnknown("REGION", node, path, "regions", scope.regions(), regions);
        if (combinations(scope) > MAX_COMBINATIONS) {
            in.fault(
                    "SCOPE_TOO_WIDE",
                    path,
                    "The scope names more than "
                            + MAX_COMBINATIONS
                            + " combinations of product, category, tier and warehouse, the most"
                            + " allowed.");
        }
        return scope;
    }

    private Set<String> scopeNames(JsonNode scope, String path, String field) {
        return in.names(scope.get(field), path + "/" + field, "SCOPE_" + Texts.code(field), field);
    }

    /** Names in a scope have to stand in the book; null: what stands there cannot be read. */
    private void refuseUnknown(
            String code,
            JsonNode scope,
            String path,
            String field,
            Collection<String> names,
            Map<String, ?> known) {
        if (known == null || known.keySet().containsAll(names)) {
            return;
        }
        JsonNode list = scope.get(field);
        for (int i = 0; i < list.size(); i++) {
            String name = list.get(i).textValue();
            if (names.contains(name) && !known.containsKey(name)) {
                in.unknown(
                        "SCOPE_" + code + "_UNKNOWN",
                        path + "/" + field + "/" + i,
                        "The scope's " + code.toLowerCase(Locale.ROOT),
                        name,
                        field);
            }
        }
    }

    /** What is above the limit of one scope is not counted. */
    private long combinations(Scope scope) {
        return scope.combinations(regions == null ? Map.of() : regions, MAX_COMBINATIONS);
    }
}
