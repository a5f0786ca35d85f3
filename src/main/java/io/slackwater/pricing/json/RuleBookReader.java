package io.slackwater.pricing.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.model.RuleBook.Band;
import io.slackwater.pricing.model.RuleBook.Rule;
import io.slackwater.pricing.model.RuleBook.Scope;
import io.slackwater.pricing.model.RuleBook.Tier;
import io.slackwater.pricing.model.RuleStatus.Reason;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Currency;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a rule book and says everything that is wrong with it in one answer. A rule book decides
 * every price, so nothing in it is guessed: {@code null} is no way to leave a field out, a kind of
 * rule that this version does not know is refused with the whole book, and so are times of single
 * rules and regions, which it knows but cannot follow. Fields that it has never heard of are
 * ignored, as everywhere in the contract, except in a scope, where they would widen a rule to
 * products that its author left out.
 *
 * <p>Faults of the document itself (not JSON, a limit passed, a field twice) are told alone: what
 * stands behind them cannot be read.
 */
public final class RuleBookReader {

    /** The most rules of a book. */
    static final int MAX_RULES = 20_000;

    /** The most bands of a rule. */
    static final int MAX_BANDS = 1_000;

    /** The most tiers of a book. */
    static final int MAX_TIERS = 10_000;

    /** The most combinations of product, category, tier and warehouse that one scope names. */
    static final int MAX_COMBINATIONS = 100_000;

    /**
     * The most combinations of all scopes of a book: an index of them has to fit in memory, and a
     * book of 1 MiB could name hundreds of millions.
     */
    static final int MAX_COMBINATIONS_OF_BOOK = 1_000_000;

    /** The most reasons of an answer, so that it can always be published (below 1 MB). */
    static final int MAX_REASONS = 500;

    private static final BigDecimal MAX_MULTIPLIER = BigDecimal.valueOf(1_000);
    private static final int MAX_DAYS = 36_500;
    private static final String QUANTITY_BANDS = "quantity_bands";

    /** Kinds of the contract that this version refuses. */
    private static final Set<String> LATER_KINDS =
            Set.of("regional", "promotion", "limits", "rounding", "hold");

    private static final Set<String> SCOPES =
            Set.of("product_ids", "categories", "tiers", "warehouse_ids");

    private static final JsonMapper MAPPER =
            JsonMapper.builder(Documents.newFactory())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    /**
     * What a document says.
     *
     * @param book the rule book; null when there are reasons against it
     * @param bookId its name as far as it can be read; null otherwise
     * @param version its version as far as it can be read; null otherwise
     * @param reasons every fault, at most some 500, in the order in which a book is checked; empty
     *     when the book is good
     */
    public record Result(RuleBook book, String bookId, Long version, List<Reason> reasons) {}

    private final List<Reason> reasons = new ArrayList<>();
    private int faults;

    private RuleBookReader() {}

    /**
     * Reads one document. Never throws, whatever the bytes.
     *
     * @param document not null: a null value retires a book and is nothing to read
     */
    public static Result read(byte[] document) {
        JsonNode root;
        JsonParser parser = null;
        try {
            Documents.check(document);
            parser = MAPPER.getFactory().createParser(document);
            Documents.enterObject(parser);
            root = MAPPER.readTree(parser);
            Documents.leaveDocument(parser);
        } catch (IOException | RuntimeException failure) {
            Refusal refusal = Documents.explain(failure, parser);
            Reason reason = new Reason(refusal.reason(), refusal.path(), refusal.getMessage());
            return new Result(null, null, null, List.of(reason));
        } finally {
            Records.close(parser);
        }
        return new RuleBookReader().readBook(root);
    }

    private Result readBook(JsonNode root) {
        String bookId = name(root, "", "book_id", true);
        Long version = integer(root, "", "version", 1, Long.MAX_VALUE, true);
        String currency = currency(root);
        Long from = time(root, "effective_from");
        Long to = time(root, "effective_to");
        if (from != null && to != null && to <= from) {
            fault(
                    "EFFECTIVE_TO_NOT_AFTER_FROM",
                    "/effective_to",
                    "effective_to is not after effective_from; allowed: a later time.");
        }
        String comment = text(root, "", "comment", false);
        Map<String, Tier> tiers = tiers(root);
        String defaultTier = name(root, "", "default_tier", false);
        if (defaultTier != null && tiers != null && !tiers.containsKey(defaultTier)) {
            unknownTier("DEFAULT_TIER_UNKNOWN", "/default_tier", "default_tier", defaultTier);
        }
        List<Rule> rules = rules(root, tiers);
        if (faults > MAX_REASONS) {
            reasons.add(
                    new Reason(
                            "TOO_MANY_FAULTS",
                            "",
                            "The book has "
                                    + (faults - MAX_REASONS)
                                    + " more faults; the first "
                                    + MAX_REASONS
                                    + " are told."));
        }
        if (faults > 0) {
            return new Result(null, bookId, version, List.copyOf(reasons));
        }
        RuleBook book =
                new RuleBook(
                        bookId,
                        version,
                        currency,
                        from,
                        to,
                        comment,
                        false,
                        defaultTier,
                        tiers,
                        Map.of(),
                        rules);
        return new Result(book, bookId, version, List.of());
    }

    private String currency(JsonNode root) {
        String code = text(root, "", "currency", true);
        if (code == null) {
            return null;
        }
        try {
            // Gold (XAU) and "no currency" are in ISO 4217 too, but have no minor unit.
            if (Currency.getInstance(code).getDefaultFractionDigits() >= 0) {
                return code;
            }
        } catch (IllegalArgumentException unknown) {
            // Told below.
        }
        fault(
                "CURRENCY_UNKNOWN",
                "/currency",
                "currency is "
                        + Texts.quote(code)
                        + "; allowed: an ISO 4217 code with a minor unit, such as EUR.");
        return null;
    }

    /** Epoch milliseconds; null when absent or not a time. */
    private Long time(JsonNode root, String field) {
        JsonNode node = root.get(field);
        if (node == null) {
            return null;
        }
        long time = Instants.INVALID;
        if (node.isTextual()) {
            time = Instants.parse(node.textValue());
        } else if (node.isIntegralNumber() && node.canConvertToLong()) {
            time = node.longValue();
        }
        if (time < 0 || time > Instants.MAX) {
            fault(
                    Texts.code(field) + "_NOT_A_TIME",
                    "/" + field,
                    field
                            + " is "
                            + shown(node)
                            + "; allowed: ISO-8601 with an offset, or epoch milliseconds, from 1970"
                            + " to 9999.");
            return null;
        }
        return time;
    }

    /** Null when they cannot be read as a whole. */
    private Map<String, Tier> tiers(JsonNode root) {
        JsonNode node = root.get("tiers");
        if (node == null || !node.isObject()) {
            notA("TIERS", "_NOT_AN_OBJECT", "/tiers", "tiers", node, "an object of tiers by name");
            return null;
        }
        if (node.isEmpty() || node.size() > MAX_TIERS) {
            fault(
                    node.isEmpty() ? "TIERS_EMPTY" : "TOO_MANY_TIERS",
                    "/tiers",
                    "tiers has " + node.size() + " tiers; allowed: 1 to " + MAX_TIERS + ".");
            return null;
        }
        Map<String, Tier> tiers = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            StringBuilder path = new StringBuilder("/tiers");
            Documents.step(path, entry.getKey());
            Texts.Fault fault = Texts.fault(entry.getKey());
            if (fault != null) {
                fault(fault.reason("tier"), path.toString(), fault.message("The tier's name"));
            }
            BigDecimal basePrice = null;
            if (entry.getValue().isObject()) {
                basePrice = amount(entry.getValue(), path.toString(), "base_price", null, true);
            } else {
                notA(
                        "TIER",
                        "_NOT_AN_OBJECT",
                        path.toString(),
                        "The tier",
                        entry.getValue(),
                        "an object with base_price");
            }
            // Also a faulty tier is known: naming it in a scope is not a second fault.
            tiers.put(entry.getKey(), new Tier(basePrice));
        }
        return Collections.unmodifiableMap(tiers);
    }

    private List<Rule> rules(JsonNode root, Map<String, Tier> tiers) {
        JsonNode node = root.get("rules");
        if (node == null || !node.isArray()) {
            notA("RULES", "_NOT_A_LIST", "/rules", "rules", node, "a list of rules");
            return List.of();
        }
        if (node.size() > MAX_RULES) {
            fault(
                    "TOO_MANY_RULES",
                    "/rules",
                    "rules has " + node.size() + " rules; allowed: at most " + MAX_RULES + ".");
            return List.of();
        }
        List<Rule> rules = new ArrayList<>(node.size());
        Map<String, Integer> ids = new HashMap<>();
        long combinations = 0;
        for (int i = 0; i < node.size(); i++) {
            String path = "/rules/" + i;
            Rule rule = rule(node.get(i), path, tiers);
            if (rule == null) {
                continue;
            }
            combinations += combinations(rule.scope());
            Integer first = rule.ruleId() == null ? null : ids.putIfAbsent(rule.ruleId(), i);
            if (first != null) {
                fault(
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
        if (combinations > MAX_COMBINATIONS_OF_BOOK) {
            fault(
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

    /** Null when it is not even an object; with holes when it is faulty. */
    private Rule rule(JsonNode node, String path, Map<String, Tier> tiers) {
        if (!node.isObject()) {
            notA("RULE", "_NOT_AN_OBJECT", path, "The rule", node, "an object");
            return null;
        }
        String ruleId = name(node, path, "rule_id", true);
        for (String field : List.of("effective_from", "effective_to")) {
            if (node.has(field)) {
                fault(
                        "RULE_TIMES_NOT_SUPPORTED",
                        path + "/" + field,
                        field
                                + " of a single rule is not supported in this version; allowed: on"
                                + " the book.");
            }
        }
        Long priority =
                integer(node, path, "priority", Integer.MIN_VALUE, Integer.MAX_VALUE, false);
        Scope scope = scope(node, path, tiers);
        List<Band> bands = List.of();
        String kind = text(node, path, "kind", true);
        if (QUANTITY_BANDS.equals(kind)) {
            bands = bands(node, path);
        } else if (kind != null) {
            fault(
                    "UNKNOWN_KIND",
                    path + "/kind",
                    (LATER_KINDS.contains(kind)
                                    ? "kind '" + kind + "' is not supported in this version"
                                    : "kind " + Texts.quote(kind) + " is unknown")
                            + "; allowed: "
                            + QUANTITY_BANDS
                            + ".");
        }
        return new Rule(
                ruleId,
                RuleBook.Kind.QUANTITY_BANDS,
                scope,
                priority == null ? 0 : priority.intValue(),
                null,
                null,
                bands,
                null,
                null,
                null,
                null,
                0);
    }

    private Scope scope(JsonNode rule, String rulePath, Map<String, Tier> tiers) {
        Scope everywhere = Scope.EVERYWHERE;
        JsonNode node = rule.get("scope");
        if (node == null) {
            return everywhere;
        }
        String path = rulePath + "/scope";
        if (!node.isObject()) {
            notA("SCOPE", "_NOT_AN_OBJECT", path, "scope", node, "an object of lists");
            return everywhere;
        }
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!SCOPES.contains(name)) {
                StringBuilder at = new StringBuilder(path);
                Documents.step(at, name);
                fault(
                        "UNKNOWN_SCOPE",
                        at.toString(),
                        (name.equals("regions")
                                        ? "regions are not supported in this version"
                                        : Texts.quote(name) + " is no dimension of a scope")
                                + "; allowed: product_ids, categories, tiers, warehouse_ids.");
            }
        }
        Scope scope =
                new Scope(
                        names(node, path, "product_ids"),
                        names(node, path, "categories"),
                        names(node, path, "tiers"),
                        names(node, path, "warehouse_ids"),
                        Set.of());
        if (tiers != null) {
            for (String tier : scope.tiers()) {
                if (!tiers.containsKey(tier)) {
                    unknownTier("SCOPE_TIER_UNKNOWN", path + "/tiers", "The scope's tier", tier);
                }
            }
        }
        long combinations = combinations(scope);
        if (combinations > MAX_COMBINATIONS) {
            fault(
                    "SCOPE_TOO_WIDE",
                    path,
                    "The scope names more than "
                            + MAX_COMBINATIONS
                            + " combinations of product, category, tier and warehouse, the most"
                            + " allowed.");
        }
        return scope;
    }

    /** How many combinations a scope names; what is above the limit of one scope is not counted. */
    private static long combinations(Scope scope) {
        long combinations = 1;
        for (Set<String> names :
                List.of(
                        scope.productIds(),
                        scope.categories(),
                        scope.tiers(),
                        scope.warehouseIds())) {
            combinations *= Math.max(1, names.size());
            combinations = Math.min(combinations, MAX_COMBINATIONS + 1L);
        }
        return combinations;
    }

    /** A list of names in a scope; empty when absent or faulty. */
    private Set<String> names(JsonNode scope, String scopePath, String field) {
        JsonNode node = scope.get(field);
        if (node == null) {
            return Set.of();
        }
        String path = scopePath + "/" + field;
        String code = "SCOPE_" + Texts.code(field);
        if (!node.isArray()) {
            notA(code, "_NOT_A_LIST", path, field, node, "a list of names");
            return Set.of();
        }
        if (node.isEmpty()) {
            // It might mean everything or nothing: the author has to say.
            fault(
                    code + "_EMPTY",
                    path,
                    field + " is empty; allowed: at least one name, or leave the field out.");
            return Set.of();
        }
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < node.size(); i++) {
            String at = path + "/" + i;
            JsonNode item = node.get(i);
            if (!item.isTextual()) {
                notA(code, "_NOT_TEXT", at, "The name", item, Texts.ALLOWED);
                continue;
            }
            String name = item.textValue();
            Texts.Fault fault = Texts.fault(name);
            if (fault != null) {
                fault(code + "_" + fault.name(), at, fault.message("The name"));
            } else if (!names.add(name)) {
                fault(
                        code + "_DUPLICATE",
                        at,
                        Texts.quote(name) + " stands twice in the list; allowed: once.");
            }
        }
        return Collections.unmodifiableSet(names);
    }

    private List<Band> bands(JsonNode rule, String rulePath) {
        String path = rulePath + "/bands";
        JsonNode node = rule.get("bands");
        if (node == null || !node.isArray()) {
            notA("BANDS", "_NOT_A_LIST", path, "bands", node, "a list of bands");
            return List.of();
        }
        if (node.isEmpty() || node.size() > MAX_BANDS) {
            fault(
                    node.isEmpty() ? "BANDS_EMPTY" : "TOO_MANY_BANDS",
                    path,
                    "bands has " + node.size() + " bands; allowed: 1 to " + MAX_BANDS + ".");
            return List.of();
        }
        List<Band> bands = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            String at = path + "/" + i;
            Band band = band(node.get(i), at, i == node.size() - 1);
            for (int earlier = 0; band != null && earlier < i; earlier++) {
                if (bands.get(earlier) != null && covers(bands.get(earlier), band)) {
                    fault(
                            "BAND_NEVER_MATCHES",
                            at,
                            "The band can never match, as "
                                    + path
                                    + "/"
                                    + earlier
                                    + " matches before it whatever it would match; allowed: from"
                                    + " narrow to wide.");
                    break;
                }
            }
            bands.add(band);
        }
        return faults == 0 ? List.copyOf(bands) : List.of();
    }

    /** Null when it is faulty: nothing more can then be said of it. */
    private Band band(JsonNode node, String path, boolean last) {
        if (!node.isObject()) {
            notA("BAND", "_NOT_AN_OBJECT", path, "The band", node, "an object");
            return null;
        }
        int before = faults;
        Long below = integer(node, path, "below", Long.MIN_VALUE, Long.MAX_VALUE, false);
        Long over = integer(node, path, "restocking_over", 0, MAX_DAYS, false);
        Long atMost = integer(node, path, "restocking_at_most", 0, MAX_DAYS, false);
        BigDecimal multiplier = amount(node, path, "multiplier", MAX_MULTIPLIER, false);
        BigDecimal price = amount(node, path, "price", null, false);
        if (node.has("multiplier") == node.has("price")) {
            fault(
                    node.has("price") ? "BAND_WITH_TWO_RESULTS" : "BAND_WITHOUT_RESULT",
                    path,
                    "The band has "
                            + (node.has("price") ? "both" : "neither")
                            + " multiplier and price; allowed: exactly one.");
        }
        if (over != null && atMost != null && over >= atMost) {
            fault(
                    "RESTOCKING_RANGE_EMPTY",
                    path,
                    "restocking_over is "
                            + over
                            + " and restocking_at_most "
                            + atMost
                            + "; allowed: the first below the second.");
        }
        if (last
                && (node.has("below")
                        || node.has("restocking_over")
                        || node.has("restocking_at_most"))) {
            fault(
                    "LAST_BAND_CONDITIONAL",
                    path,
                    "The last band has a condition, so that some stock would match no band;"
                            + " allowed: only multiplier or price.");
        }
        if (faults > before) {
            return null;
        }
        return new Band(
                below,
                over == null ? null : over.intValue(),
                atMost == null ? null : atMost.intValue(),
                multiplier,
                price);
    }

    /** Whether an earlier band matches whatever a later one would. */
    private static boolean covers(Band earlier, Band later) {
        if (earlier.below() != null && (later.below() == null || earlier.below() < later.below())) {
            return false;
        }
        boolean earlierGuarded =
                earlier.restockingOver() != null || earlier.restockingAtMost() != null;
        boolean laterGuarded = later.restockingOver() != null || later.restockingAtMost() != null;
        if (!earlierGuarded) {
            return true;
        }
        // A level without a restocking time matches no guard, but every band without one.
        return laterGuarded && over(earlier) <= over(later) && atMost(earlier) >= atMost(later);
    }

    private static int over(Band band) {
        return band.restockingOver() == null ? -1 : band.restockingOver();
    }

    private static int atMost(Band band) {
        return band.restockingAtMost() == null ? Integer.MAX_VALUE : band.restockingAtMost();
    }

    /** A name; null when absent or faulty. */
    private String name(JsonNode parent, String path, String field, boolean required) {
        String name = text(parent, path, field, required);
        Texts.Fault fault = name == null ? null : Texts.fault(name);
        if (fault == null) {
            return name;
        }
        fault(fault.reason(field), path + "/" + field, fault.message(field));
        return null;
    }

    private String text(JsonNode parent, String path, String field, boolean required) {
        JsonNode node = parent.get(field);
        if (node == null) {
            missing(path, field, required);
            return null;
        }
        if (!node.isTextual()) {
            notA(Texts.code(field), "_NOT_TEXT", path + "/" + field, field, node, "text");
            return null;
        }
        return node.textValue();
    }

    /** An integer; null when absent or faulty. */
    private Long integer(
            JsonNode parent, String path, String field, long min, long max, boolean required) {
        JsonNode node = parent.get(field);
        if (node == null) {
            missing(path, field, required);
            return null;
        }
        String allowed = "an integer from " + min + " to " + max;
        if (!node.isIntegralNumber()) {
            notA(Texts.code(field), "_NOT_INTEGER", path + "/" + field, field, node, allowed);
            return null;
        }
        if (!node.canConvertToLong() || node.longValue() < min || node.longValue() > max) {
            fault(
                    Texts.code(field) + "_OUT_OF_RANGE",
                    path + "/" + field,
                    field + " is " + shown(node) + "; allowed: " + allowed + ".");
            return null;
        }
        return node.longValue();
    }

    /** A number above 0; null when absent or faulty. */
    private BigDecimal amount(
            JsonNode parent, String path, String field, BigDecimal max, boolean required) {
        JsonNode node = parent.get(field);
        if (node == null) {
            missing(path, field, required);
            return null;
        }
        String allowed = max == null ? Amounts.ALLOWED : Amounts.ALLOWED + ", at most " + max;
        if (!node.isNumber()) {
            notA(Texts.code(field), "_NOT_A_NUMBER", path + "/" + field, field, node, allowed);
            return null;
        }
        BigDecimal amount = Amounts.normalise(node.decimalValue());
        if (amount == null || amount.signum() <= 0 || (max != null && amount.compareTo(max) > 0)) {
            fault(
                    Texts.code(field) + "_OUT_OF_RANGE",
                    path + "/" + field,
                    field + " is " + shown(node) + "; allowed: " + allowed + ".");
            return null;
        }
        return amount;
    }

    private void missing(String path, String field, boolean required) {
        if (required) {
            fault(Texts.code(field) + "_MISSING", path, field + " is missing; it is required.");
        }
    }

    private void unknownTier(String reason, String path, String what, String tier) {
        fault(
                reason,
                path,
                what + " is " + Texts.quote(tier) + "; allowed: a name that stands in tiers.");
    }

    private void notA(
            String code, String end, String path, String what, JsonNode node, String allowed) {
        fault(
                code + (node == null ? "_MISSING" : end),
                node == null ? path.substring(0, path.lastIndexOf('/')) : path,
                what
                        + " is "
                        + (node == null ? "missing" : kind(node))
                        + "; allowed: "
                        + allowed
                        + ".");
    }

    private void fault(String reason, String path, String message) {
        faults++;
        if (faults <= MAX_REASONS) {
            reasons.add(new Reason(reason, path, message));
        }
    }

    private static String kind(JsonNode node) {
        return Documents.kind(node.asToken());
    }

    /** A value for a message. */
    private static String shown(JsonNode node) {
        // Not asText(): it would write out an exponent of a thousand million zeros.
        if (node.isTextual()) {
            return Texts.quote(node.textValue());
        }
        return node.isNumber() ? Texts.quote(node.decimalValue().toString()) : kind(node);
    }
}
