package io.slackwater.pricing.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.rules.Hold;
import io.slackwater.pricing.rules.Limits;
import io.slackwater.pricing.rules.Promotion;
import io.slackwater.pricing.rules.QuantityBands;
import io.slackwater.pricing.rules.QuantityBands.Band;
import io.slackwater.pricing.rules.Regional;
import io.slackwater.pricing.rules.Rounding;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.rules.RuleBook.Rule;
import io.slackwater.pricing.rules.RuleBook.Scope;
import io.slackwater.pricing.rules.RuleBook.Tier;
import io.slackwater.pricing.testing.Books;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RuleBookReaderTest {

    private static final String EXAMPLE =
            """
            {"book_id":"default","version":7,"currency":"EUR","effective_from":"2026-11-01T00:00:00Z","comment":"winter prices",
             "default_tier":"standard",
             "tiers":{"premium":{"base_price":15.00},"standard":{"base_price":10.00},"basic":{"base_price":5.00}},
             "rules":[
              {"rule_id":"scarcity","kind":"quantity_bands","bands":[{"below":10,"multiplier":1.2},{"below":50,"multiplier":1.0},{"multiplier":0.8}]}]}
            """;

    private static RuleBookReader.Result read(String document) {
        return RuleBookReader.read(document.getBytes(UTF_8));
    }

    /** {@code REASON path} of every reason. */
    private static List<String> reasons(String document) {
        RuleBookReader.Result result = read(document);
        assertEquals(result.reasons().isEmpty(), result.book() != null);
        for (RuleStatus.Reason reason : result.reasons()) {
            assertTrue(reason.message().endsWith("."), reason.message());
            assertTrue(
                    reason.message().chars().noneMatch(Character::isISOControl), reason.message());
        }
        return result.reasons().stream().map(r -> (r.reason() + " " + r.path()).trim()).toList();
    }

    /** A book with a rule of one band that has the fields given besides. */
    private static String rule(String fields) {
        return rules("{\"rule_id\":\"r\",\"kind\":\"quantity_bands\"," + fields + "}");
    }

    private static String rules(String rules) {
        return "{\"book_id\":\"default\",\"version\":1,\"currency\":\"EUR\",\"tiers\":{\"basic\":{\"base_price\":5}},\"rules\":["
                + rules
                + "]}";
    }

    /** A book with one rule of a kind. */
    private static String kind(String kind, String fields) {
        return rules("{\"rule_id\":\"r\",\"kind\":\"" + kind + "\"" + fields + "}");
    }

    /** A book with regions and rules. */
    private static String regions(String regions, String rules) {
        return book("x", "1,\"regions\":{" + regions + "}", rules);
    }

    private static String bands(String bands) {
        return rule("\"bands\":[" + bands + "]");
    }

    private static String scope(String scope) {
        return rule("\"bands\":[{\"price\":1}],\"scope\":" + scope);
    }

    private static String book(String field, String value) {
        return book(field, value, "");
    }

    private static String book(String field, String value, String rules) {
        Map<String, String> fields =
                new LinkedHashMap<>(
                        Map.of(
                                "book_id", "\"default\"",
                                "version", "1",
                                "currency", "\"EUR\"",
                                "tiers", "{\"basic\":{\"base_price\":5}}",
                                "rules", "[" + rules + "]"));
        fields.put(field, value);
        fields.values().removeIf(v -> v == null);
        return fields.entrySet().stream()
                .map(e -> "\"" + e.getKey() + "\":" + e.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    @Test
    void readsTheExampleOfTheContract() {
        RuleBookReader.Result result = read(EXAMPLE);

        assertEquals(List.of(), result.reasons());
        assertEquals("default", result.bookId());
        assertEquals(7L, result.version());
        assertEquals(
                new RuleBook(
                        "default",
                        7,
                        "EUR",
                        Instants.parse("2026-11-01T00:00:00Z"),
                        null,
                        "winter prices",
                        false,
                        "standard",
                        Map.of(
                                "premium", new Tier(new BigDecimal("15")),
                                "standard", new Tier(new BigDecimal("10")),
                                "basic", new Tier(new BigDecimal("5"))),
                        Map.of(),
                        List.of(
                                new Rule(
                                        "scarcity",
                                        Scope.EVERYWHERE,
                                        0,
                                        Period.ALWAYS,
                                        new QuantityBands(
                                                List.of(
                                                        new Band(
                                                                10L,
                                                                null,
                                                                null,
                                                                new BigDecimal("1.2"),
                                                                null),
                                                        new Band(
                                                                50L,
                                                                null,
                                                                null,
                                                                new BigDecimal("1"),
                                                                null),
                                                        new Band(
                                                                null,
                                                                null,
                                                                null,
                                                                new BigDecimal("0.8"),
                                                                null)))))),
                result.book());
    }

    @Test
    void readsScopePriorityAndGuards() {
        RuleBook book =
                read(rules(
                                """
                                {"rule_id":"slow","kind":"quantity_bands","priority":-3,
                                 "scope":{"product_ids":["p1","p2"],"categories":["garden"],"tiers":["basic"],"warehouse_ids":["WH1"]},
                                 "bands":[{"below":-5,"restocking_over":10,"restocking_at_most":20,"price":19.99},
                                          {"below":10,"restocking_over":20,"multiplier":1e3},
                                          {"restocking_at_most":0,"multiplier":0.00000001},
                                          {"price":1}]}
                                """))
                        .book();

        Rule rule = book.rules().get(0);
        assertEquals(-3, rule.priority());
        assertEquals(
                new Scope(
                        Set.of("p1", "p2"),
                        Set.of("garden"),
                        Set.of("basic"),
                        Set.of("WH1"),
                        Set.of()),
                rule.scope());
        assertEquals(
                List.of(
                        new Band(-5L, 10, 20, null, new BigDecimal("19.99")),
                        new Band(10L, 20, null, new BigDecimal("1000"), null),
                        new Band(null, null, 0, new BigDecimal("0.00000001"), null),
                        new Band(null, null, null, null, new BigDecimal("1"))),
                ((QuantityBands) rule.effect()).bands());
    }

    @Test
    void readsABookWithoutOptionalFields() {
        RuleBook book = read(rules("")).book();

        assertNotNull(book);
        assertNull(book.effectiveFrom());
        assertNull(book.effectiveTo());
        assertNull(book.comment());
        assertNull(book.defaultTier());
        assertEquals(List.of(), book.rules());
    }

    @Test
    void tellsEveryFaultInOneAnswer() {
        String document =
                """
                {"book_id":"default","version":0,"currency":"EURO","effective_from":"today","effective_to":17,"default_tier":"gold",
                 "tiers":{"basic":{"base_price":-5},"a/b~c":{},"premium":{"base_price":1e999999999}},
                 "rules":[
                  {"rule_id":"a","kind":"promotion","percent_off":100,"effective_from":"2026-11-01T00:00:00Z"},
                  {"rule_id":"a","kind":"quantity_bands","priority":1.5,"bands":[{"multiplier":1},{"below":5,"multiplier":1001},{"below":3,"price":2}]},
                  {"kind":"quantity_bands","scope":{"regions":["north"],"tiers":["gold"],"product_ids":[]},"bands":[]},
                  17]}
                """;

        assertEquals(
                List.of(
                        "VERSION_OUT_OF_RANGE /version",
                        "CURRENCY_UNKNOWN /currency",
                        "EFFECTIVE_FROM_NOT_A_TIME /effective_from",
                        "EFFECTIVE_TO_OUT_OF_RANGE /effective_to",
                        "BASE_PRICE_OUT_OF_RANGE /tiers/basic/base_price",
                        "BASE_PRICE_MISSING /tiers/a~1b~0c",
                        "BASE_PRICE_OUT_OF_RANGE /tiers/premium/base_price",
                        "DEFAULT_TIER_UNKNOWN /default_tier",
                        "PERCENT_OFF_OUT_OF_RANGE /rules/0/percent_off",
                        "PRIORITY_NOT_INTEGER /rules/1/priority",
                        "MULTIPLIER_OUT_OF_RANGE /rules/1/bands/1/multiplier",
                        "LAST_BAND_CONDITIONAL /rules/1/bands/2",
                        "RULE_ID_DUPLICATE /rules/1/rule_id",
                        "RULE_ID_MISSING /rules/2",
                        "SCOPE_PRODUCT_IDS_EMPTY /rules/2/scope/product_ids",
                        "SCOPE_TIER_UNKNOWN /rules/2/scope/tiers/0",
                        "SCOPE_REGION_UNKNOWN /rules/2/scope/regions/0",
                        "BANDS_EMPTY /rules/2/bands",
                        "RULE_NOT_AN_OBJECT /rules/3"),
                reasons(document));
        RuleBookReader.Result result = read(document);
        assertEquals("default", result.bookId());
        assertNull(result.version());
    }

    static Stream<Arguments> faultyBooks() {
        return Stream.of(
                arguments(book("book_id", null), "BOOK_ID_MISSING"),
                arguments(book("book_id", "\" \""), "BOOK_ID_BLANK /book_id"),
                arguments(book("book_id", "7"), "BOOK_ID_NOT_TEXT /book_id"),
                arguments(book("version", null), "VERSION_MISSING"),
                arguments(book("version", "\"7\""), "VERSION_NOT_INTEGER /version"),
                arguments(book("version", "7.0"), "VERSION_NOT_INTEGER /version"),
                arguments(book("version", "1e999999999"), "VERSION_NOT_INTEGER /version"),
                arguments(book("version", "9223372036854775807"), "VERSION_OUT_OF_RANGE /version"),
                arguments(book("version", "9223372036854775808"), "VERSION_OUT_OF_RANGE /version"),
                arguments(book("version", "9".repeat(41)), "NUMBER_TOO_LONG /version"),
                arguments(book("currency", "9".repeat(41)), "CURRENCY_NOT_TEXT /currency"),
                arguments(
                        book("book_id", "\"" + "b".repeat(9_000) + "\""),
                        "BOOK_ID_TOO_LONG /book_id"),
                arguments(
                        book("comment", "\"" + "x".repeat(8_193) + "\""),
                        "STRING_TOO_LONG /comment"),
                arguments(book("currency", null), "CURRENCY_MISSING"),
                arguments(book("currency", "\"eur\""), "CURRENCY_UNKNOWN /currency"),
                arguments(book("currency", "\"XAU\""), "CURRENCY_UNKNOWN /currency"),
                arguments(book("currency", "\"\""), "CURRENCY_UNKNOWN /currency"),
                arguments(book("currency", "978"), "CURRENCY_NOT_TEXT /currency"),
                arguments(book("comment", "null"), "COMMENT_NOT_TEXT /comment"),
                arguments(book("default_tier", "\"gold\""), "DEFAULT_TIER_UNKNOWN /default_tier"),
                arguments(book("default_tier", "null"), "DEFAULT_TIER_NOT_TEXT /default_tier"),
                arguments(
                        book("effective_from", "null"),
                        "EFFECTIVE_FROM_NOT_A_TIME /effective_from"),
                arguments(
                        book("effective_from", "-1"),
                        "EFFECTIVE_FROM_OUT_OF_RANGE /effective_from"),
                arguments(
                        book("effective_from", "0"), "EFFECTIVE_FROM_OUT_OF_RANGE /effective_from"),
                arguments(
                        book("effective_from", "1795248000"),
                        "EFFECTIVE_FROM_OUT_OF_RANGE /effective_from"),
                arguments(
                        book("effective_from", "946684799999"),
                        "EFFECTIVE_FROM_OUT_OF_RANGE /effective_from"),
                arguments(
                        book("effective_from", "\"1999-12-31T23:59:59.999Z\""),
                        "EFFECTIVE_FROM_OUT_OF_RANGE /effective_from"),
                arguments(
                        book("effective_from", "\"1969-12-31T23:59:59Z\""),
                        "EFFECTIVE_FROM_OUT_OF_RANGE /effective_from"),
                arguments(
                        book("effective_to", "253402300800000"),
                        "EFFECTIVE_TO_OUT_OF_RANGE /effective_to"),
                arguments(
                        book("effective_to", "1795248000000000"),
                        "EFFECTIVE_TO_OUT_OF_RANGE /effective_to"),
                arguments(
                        book("effective_to", "9223372036854775808"),
                        "EFFECTIVE_TO_OUT_OF_RANGE /effective_to"),
                arguments(book("effective_to", "9".repeat(41)), "NUMBER_TOO_LONG /effective_to"),
                arguments(
                        book("effective_to", "\"2026-11-01\""),
                        "EFFECTIVE_TO_NOT_A_TIME /effective_to"),
                arguments(
                        book("effective_to", "1e999999999"),
                        "EFFECTIVE_TO_NOT_A_TIME /effective_to"),
                arguments(
                        book(
                                "x",
                                "1,\"effective_from\":946684800000,\"effective_to\":946684800000"),
                        "EFFECTIVE_TO_NOT_AFTER_FROM /effective_to"),
                arguments(book("tiers", null), "TIERS_MISSING"),
                arguments(book("tiers", "{}"), "TIERS_EMPTY /tiers"),
                arguments(book("tiers", "[]"), "TIERS_NOT_AN_OBJECT /tiers"),
                arguments(book("tiers", "{\"a\":5}"), "TIER_NOT_AN_OBJECT /tiers/a"),
                arguments(book("tiers", "{\"\":{\"base_price\":5}}"), "TIER_BLANK /tiers/"),
                arguments(
                        book("tiers", "{\"a\":{\"base_price\":0}}"),
                        "BASE_PRICE_OUT_OF_RANGE /tiers/a/base_price"),
                arguments(
                        book("tiers", "{\"a\":{\"base_price\":\"5\"}}"),
                        "BASE_PRICE_NOT_A_NUMBER /tiers/a/base_price"),
                arguments(
                        book("tiers", "{\"a\":{\"base_price\":1e18}}"),
                        "BASE_PRICE_OUT_OF_RANGE /tiers/a/base_price"),
                arguments(
                        book("tiers", "{\"a\":{\"base_price\":1e-9}}"),
                        "BASE_PRICE_TOO_FINE /tiers/a/base_price"),
                arguments(book("tiers", tiers(10_001)), "TOO_MANY_TIERS /tiers"),
                arguments(
                        book("tiers", "{\"" + "t".repeat(257) + "\":{\"base_price\":5}}"),
                        "TIER_TOO_LONG /tiers/" + "t".repeat(256) + "..."),
                arguments(
                        book("tiers", "{\"a\":{\"base_price\":5." + "0".repeat(40) + "}}"),
                        "NUMBER_TOO_LONG /tiers/a/base_price"),
                arguments(
                        book("tiers", "{\"a\":{\"base_price\":" + "9".repeat(1_000_000) + "}}"),
                        "NUMBER_TOO_LONG /tiers/a/base_price"),
                arguments(
                        book("tiers", "{\"a\":{\"base_price\":1e99999999999}}"),
                        "BASE_PRICE_OUT_OF_RANGE /tiers/a/base_price"),
                arguments(book("rules", null), "RULES_MISSING"),
                arguments(book("rules", "{}"), "RULES_NOT_A_LIST /rules"),
                arguments(book("rules", "[" + "1,".repeat(20_000) + "1]"), "TOO_MANY_RULES /rules"),
                arguments(rules("{\"rule_id\":\"r\"}"), "KIND_MISSING /rules/0"),
                arguments(
                        rules("{\"rule_id\":\"r\",\"kind\":null}"), "KIND_NOT_TEXT /rules/0/kind"),
                arguments(
                        rules("{\"rule_id\":\"r\",\"kind\":\"magic\"}"),
                        "UNKNOWN_KIND /rules/0/kind"),
                arguments(
                        rule("\"bands\":[{\"price\":1}],\"priority\":2147483648"),
                        "PRIORITY_OUT_OF_RANGE /rules/0/priority"),
                arguments(
                        rule("\"bands\":[{\"price\":1}],\"effective_to\":null"),
                        "EFFECTIVE_TO_NOT_A_TIME /rules/0/effective_to"),
                arguments(rule("\"priority\":1"), "BANDS_MISSING /rules/0"),
                arguments(rule("\"bands\":{}"), "BANDS_NOT_A_LIST /rules/0/bands"),
                arguments(
                        bands("{\"below\":1,\"price\":1},".repeat(1_000) + "{\"price\":1}"),
                        "TOO_MANY_BANDS /rules/0/bands"),
                arguments(bands("7"), "BAND_NOT_AN_OBJECT /rules/0/bands/0"),
                arguments(bands("{}"), "BAND_WITHOUT_RESULT /rules/0/bands/0"),
                arguments(
                        bands("{\"price\":1,\"multiplier\":1}"),
                        "BAND_WITH_TWO_RESULTS /rules/0/bands/0"),
                arguments(bands("{\"price\":0}"), "PRICE_OUT_OF_RANGE /rules/0/bands/0/price"),
                arguments(bands("{\"price\":null}"), "PRICE_NOT_A_NUMBER /rules/0/bands/0/price"),
                arguments(
                        bands("{\"multiplier\":0}"),
                        "MULTIPLIER_OUT_OF_RANGE /rules/0/bands/0/multiplier"),
                arguments(
                        bands("{\"multiplier\":1000.1}"),
                        "MULTIPLIER_OUT_OF_RANGE /rules/0/bands/0/multiplier"),
                arguments(
                        bands("{\"below\":5,\"price\":1}"),
                        "LAST_BAND_CONDITIONAL /rules/0/bands/0"),
                arguments(
                        bands("{\"restocking_over\":5,\"price\":1}"),
                        "LAST_BAND_CONDITIONAL /rules/0/bands/0"),
                arguments(
                        bands("{\"below\":5.0,\"price\":1},{\"price\":1}"),
                        "BELOW_NOT_INTEGER /rules/0/bands/0/below"),
                arguments(
                        bands("{\"below\":null,\"price\":1},{\"price\":1}"),
                        "BELOW_NOT_INTEGER /rules/0/bands/0/below"),
                arguments(
                        bands("{\"restocking_over\":-1,\"price\":1},{\"price\":1}"),
                        "RESTOCKING_OVER_OUT_OF_RANGE /rules/0/bands/0/restocking_over"),
                arguments(
                        bands(
                                "{\"restocking_over\":7,\"restocking_at_most\":7,\"price\":1},{\"price\":1}"),
                        "RESTOCKING_RANGE_EMPTY /rules/0/bands/0"),
                arguments(
                        bands("{\"price\":1},{\"price\":1}"),
                        "BAND_NEVER_MATCHES /rules/0/bands/1"),
                arguments(
                        bands("{\"below\":5,\"price\":1},{\"below\":5,\"price\":2},{\"price\":1}"),
                        "BAND_NEVER_MATCHES /rules/0/bands/1"),
                arguments(
                        bands(
                                "{\"below\":9,\"price\":1},{\"below\":5,\"restocking_over\":3,\"price\":2},{\"price\":1}"),
                        "BAND_NEVER_MATCHES /rules/0/bands/1"),
                arguments(
                        bands(
                                "{\"restocking_over\":3,\"price\":1},{\"below\":5,\"restocking_over\":4,\"price\":2},{\"price\":1}"),
                        "BAND_NEVER_MATCHES /rules/0/bands/1"),
                arguments(scope("null"), "SCOPE_NOT_AN_OBJECT /rules/0/scope"),
                arguments(scope("[]"), "SCOPE_NOT_AN_OBJECT /rules/0/scope"),
                arguments(
                        scope("{\"product_id\":[\"a\"]}"),
                        "UNKNOWN_FIELD /rules/0/scope/product_id"),
                arguments(
                        scope("{\"product_ids\":\"a\"}"),
                        "SCOPE_PRODUCT_IDS_NOT_A_LIST /rules/0/scope/product_ids"),
                arguments(
                        scope("{\"product_ids\":null}"),
                        "SCOPE_PRODUCT_IDS_NOT_A_LIST /rules/0/scope/product_ids"),
                arguments(
                        scope("{\"categories\":[\"a\",\"a\"]}"),
                        "SCOPE_CATEGORIES_DUPLICATE /rules/0/scope/categories/1"),
                arguments(
                        scope("{\"warehouse_ids\":[1]}"),
                        "SCOPE_WAREHOUSE_IDS_NOT_TEXT /rules/0/scope/warehouse_ids/0"),
                arguments(
                        scope("{\"warehouse_ids\":[\"\"]}"),
                        "SCOPE_WAREHOUSE_IDS_BLANK /rules/0/scope/warehouse_ids/0"),
                arguments(
                        scope("{\"tiers\":[\"gold\"]}"),
                        "SCOPE_TIER_UNKNOWN /rules/0/scope/tiers/0"),
                arguments(
                        scope(
                                "{\"product_ids\":"
                                        + names(400)
                                        + ",\"warehouse_ids\":"
                                        + names(251)
                                        + "}"),
                        "SCOPE_TOO_WIDE /rules/0/scope"),
                arguments(rules(wideRules(11)), "BOOK_TOO_WIDE /rules"),
                arguments(book("force", "null"), "FORCE_NOT_TRUE_OR_FALSE /force"),
                arguments(book("force", "\"true\""), "FORCE_NOT_TRUE_OR_FALSE /force"),
                arguments(
                        book("tiers", "{\"a\":{\"base_price\":5,\"price\":6}}"),
                        "UNKNOWN_FIELD /tiers/a/price"),
                arguments(
                        book("tiers", "{\"a\":{\"base_price\":1000000000000000000.5}}"),
                        "BASE_PRICE_OUT_OF_RANGE /tiers/a/base_price"),
                arguments(book("regions", "[]"), "REGIONS_NOT_AN_OBJECT /regions"),
                arguments(book("regions", "null"), "REGIONS_NOT_AN_OBJECT /regions"),
                arguments(
                        book("regions", "{\"a\":\"WH1\"}"),
                        "REGION_WAREHOUSES_NOT_A_LIST /regions/a"),
                arguments(book("regions", "{\"a\":[]}"), "REGION_WAREHOUSES_EMPTY /regions/a"),
                arguments(
                        book("regions", "{\"a\":[\"WH1\",7]}"),
                        "REGION_WAREHOUSES_NOT_TEXT /regions/a/1"),
                arguments(
                        book("regions", "{\"a\":[\"\\u0007\"]}"),
                        "REGION_WAREHOUSES_CONTROL_CHARACTER /regions/a/0"),
                arguments(
                        book("regions", "{\"a\":[\"WH1\",\"WH1\"]}"),
                        "REGION_WAREHOUSES_DUPLICATE /regions/a/1"),
                arguments(book("regions", "{\"\":[\"WH1\"]}"), "REGION_BLANK /regions/"),
                arguments(
                        book("regions", regionsOf(10_001, "[\"w\"]")), "TOO_MANY_REGIONS /regions"),
                arguments(
                        book("regions", regionsOf(11, names(9_100))),
                        "TOO_MANY_REGION_WAREHOUSES /regions"),
                arguments(rule("\"bands\":[{\"price\":1}],\"x\":1"), "UNKNOWN_FIELD /rules/0/x"),
                arguments(
                        rule("\"bands\":[{\"price\":1}],\"multiplier\":1"),
                        "UNKNOWN_FIELD /rules/0/multiplier"),
                arguments(
                        rules("{\"rule_id\":\"r\",\"kind\":\"magic\",\"bands\":7,\"floor\":1}"),
                        "UNKNOWN_KIND /rules/0/kind"),
                arguments(bands("{\"over\":5,\"price\":1}"), "UNKNOWN_FIELD /rules/0/bands/0/over"),
                arguments(
                        rule("\"bands\":[{\"price\":1}],\"effective_from\":\"2026-11-21\""),
                        "EFFECTIVE_FROM_NOT_A_TIME /rules/0/effective_from"),
                arguments(
                        rule(
                                "\"bands\":[{\"price\":1}],\"effective_from\":946684800005,\"effective_to\":946684800005"),
                        "EFFECTIVE_TO_NOT_AFTER_FROM /rules/0/effective_to"),
                arguments(
                        rule("\"bands\":[{\"price\":1}],\"effective_from\":1795248000"),
                        "EFFECTIVE_FROM_OUT_OF_RANGE /rules/0/effective_from"),
                arguments(
                        rule("\"bands\":[{\"price\":1}],\"effective_to\":1795248000"),
                        "EFFECTIVE_TO_OUT_OF_RANGE /rules/0/effective_to"),
                arguments(
                        scope("{\"regions\":[\"north\"]}"),
                        "SCOPE_REGION_UNKNOWN /rules/0/scope/regions/0"),
                arguments(
                        scope("{\"regions\":{}}"),
                        "SCOPE_REGIONS_NOT_A_LIST /rules/0/scope/regions"),
                arguments(scope("{\"regions\":[]}"), "SCOPE_REGIONS_EMPTY /rules/0/scope/regions"),
                arguments(kind("regional", ""), "MULTIPLIER_MISSING /rules/0"),
                arguments(
                        kind("regional", ",\"multiplier\":0"),
                        "MULTIPLIER_OUT_OF_RANGE /rules/0/multiplier"),
                arguments(
                        kind("regional", ",\"multiplier\":1000.00000001"),
                        "MULTIPLIER_OUT_OF_RANGE /rules/0/multiplier"),
                arguments(
                        kind("regional", ",\"multiplier\":0.000000001"),
                        "MULTIPLIER_TOO_FINE /rules/0/multiplier"),
                arguments(
                        kind("regional", ",\"multiplier\":\"1.1\""),
                        "MULTIPLIER_NOT_A_NUMBER /rules/0/multiplier"),
                arguments(
                        kind("regional", ",\"multiplier\":1,\"price\":1"),
                        "UNKNOWN_FIELD /rules/0/price"),
                arguments(kind("promotion", ""), "PROMOTION_WITHOUT_CUT /rules/0"),
                arguments(
                        kind("promotion", ",\"percent_off\":10,\"amount_off\":1"),
                        "PROMOTION_WITH_TWO_CUTS /rules/0"),
                arguments(
                        kind("promotion", ",\"percent_off\":0"),
                        "PERCENT_OFF_OUT_OF_RANGE /rules/0/percent_off"),
                arguments(
                        kind("promotion", ",\"percent_off\":100"),
                        "PERCENT_OFF_OUT_OF_RANGE /rules/0/percent_off"),
                arguments(
                        kind("promotion", ",\"percent_off\":-10"),
                        "PERCENT_OFF_OUT_OF_RANGE /rules/0/percent_off"),
                arguments(
                        kind("promotion", ",\"percent_off\":1e999999999"),
                        "PERCENT_OFF_OUT_OF_RANGE /rules/0/percent_off"),
                arguments(
                        kind("promotion", ",\"percent_off\":1e-999999999"),
                        "PERCENT_OFF_TOO_FINE /rules/0/percent_off"),
                arguments(
                        kind("promotion", ",\"percent_off\":\"10 %\""),
                        "PERCENT_OFF_NOT_A_NUMBER /rules/0/percent_off"),
                arguments(
                        kind("promotion", ",\"amount_off\":0"),
                        "AMOUNT_OFF_OUT_OF_RANGE /rules/0/amount_off"),
                arguments(
                        kind("promotion", ",\"amount_off\":null"),
                        "AMOUNT_OFF_NOT_A_NUMBER /rules/0/amount_off"),
                arguments(
                        kind("promotion", ",\"percent_off\":10,\"bands\":[]"),
                        "UNKNOWN_FIELD /rules/0/bands"),
                arguments(
                        kind("promotion", ",\"percent_off\":10,\"stacking\":\"Exclusive\""),
                        "STACKING_UNKNOWN /rules/0/stacking"),
                arguments(
                        kind("promotion", ",\"percent_off\":10,\"stacking\":true"),
                        "STACKING_NOT_TEXT /rules/0/stacking"),
                arguments(
                        kind("promotion", ",\"percent_off\":10,\"segment\":\"\""),
                        "SEGMENT_BLANK /rules/0/segment"),
                arguments(
                        kind("promotion", ",\"percent_off\":10,\"segment\":null"),
                        "SEGMENT_NOT_TEXT /rules/0/segment"),
                arguments(rules(segments(21)), "TOO_MANY_SEGMENTS /rules"),
                arguments(kind("limits", ""), "LIMITS_EMPTY /rules/0"),
                arguments(kind("limits", ",\"floor\":0"), "FLOOR_OUT_OF_RANGE /rules/0/floor"),
                arguments(
                        kind("limits", ",\"ceiling\":1e18"),
                        "CEILING_OUT_OF_RANGE /rules/0/ceiling"),
                arguments(
                        kind("limits", ",\"ceiling\":\"5\""),
                        "CEILING_NOT_A_NUMBER /rules/0/ceiling"),
                arguments(
                        kind("limits", ",\"floor\":5.01,\"ceiling\":5"),
                        "FLOOR_ABOVE_CEILING /rules/0"),
                arguments(
                        kind("limits", ",\"floor\":5.001,\"ceiling\":5.009"),
                        "LIMITS_LEAVE_NO_PRICE /rules/0"),
                arguments(kind("limits", ",\"ceiling\":0.009"), "LIMITS_LEAVE_NO_PRICE /rules/0"),
                arguments(kind("limits", ",\"floor\":1,\"min\":1"), "UNKNOWN_FIELD /rules/0/min"),
                arguments(
                        kind("rounding", ",\"increment\":0"),
                        "INCREMENT_OUT_OF_RANGE /rules/0/increment"),
                arguments(
                        kind("rounding", ",\"increment\":0.005"),
                        "INCREMENT_NOT_IN_MINOR_UNITS /rules/0/increment"),
                arguments(
                        kind("rounding", ",\"increment\":[]"),
                        "INCREMENT_NOT_A_NUMBER /rules/0/increment"),
                arguments(kind("rounding", ",\"mode\":\"CEILING\""), "MODE_UNKNOWN /rules/0/mode"),
                arguments(kind("rounding", ",\"mode\":7"), "MODE_NOT_TEXT /rules/0/mode"),
                arguments(
                        kind("rounding", ",\"ending\":-0.01"),
                        "ENDING_OUT_OF_RANGE /rules/0/ending"),
                arguments(
                        kind("rounding", ",\"ending\":0.999"),
                        "ENDING_NOT_IN_MINOR_UNITS /rules/0/ending"),
                arguments(
                        kind("rounding", ",\"ending\":1e18"),
                        "ENDING_OUT_OF_RANGE /rules/0/ending"),
                arguments(
                        kind("rounding", ",\"ending\":\".99\""),
                        "ENDING_NOT_A_NUMBER /rules/0/ending"),
                arguments(kind("rounding", ",\"endings\":0.99"), "UNKNOWN_FIELD /rules/0/endings"),
                arguments(kind("hold", ""), "MIN_SECONDS_MISSING /rules/0"),
                arguments(
                        kind("hold", ",\"min_seconds\":0"),
                        "MIN_SECONDS_OUT_OF_RANGE /rules/0/min_seconds"),
                arguments(
                        kind("hold", ",\"min_seconds\":31536001"),
                        "MIN_SECONDS_OUT_OF_RANGE /rules/0/min_seconds"),
                arguments(
                        kind("hold", ",\"min_seconds\":0.5"),
                        "MIN_SECONDS_NOT_INTEGER /rules/0/min_seconds"),
                arguments(
                        kind("hold", ",\"min_seconds\":9,\"max_seconds\":9"),
                        "UNKNOWN_FIELD /rules/0/max_seconds"),
                arguments(
                        regions(
                                "\"r0\":" + names(30_000) + ",\"r1\":" + names(30_000),
                                holdIn(
                                        "\"product_ids\":[\"a\",\"b\"],\"regions\":[\"r0\",\"r1\"]")),
                        "SCOPE_TOO_WIDE /rules/0/scope"),
                arguments(
                        regions(
                                "\"r\":" + names(50_000),
                                IntStream.range(0, 21)
                                        .mapToObj(
                                                i ->
                                                        holdIn(
                                                                "r" + i,
                                                                "\"product_ids\":[\"p"
                                                                        + i
                                                                        + "\"],\"regions\":[\"r\"]"))
                                        .collect(Collectors.joining(","))),
                        "BOOK_TOO_WIDE /rules"),
                arguments("", "EMPTY_DOCUMENT"),
                arguments("[]", "NOT_AN_OBJECT"),
                arguments("{\"version\":1,\"version\":2}", "DUPLICATE_FIELD /version"),
                arguments("{\"tiers\":{\"a\":1,\"a\":2}}", "DUPLICATE_FIELD /tiers/a"),
                arguments("{\"rules\":[{\"a\":1,\"a\":2}]}", "DUPLICATE_FIELD /rules/0/a"),
                arguments("{\"version\":1} x", "TRAILING_DATA"),
                arguments("{\"version\":1", "TRUNCATED_DOCUMENT /version"),
                arguments("{\"version\":NaN}", "NOT_A_NUMBER /version"),
                arguments(
                        "{\"x\":" + "[".repeat(50) + "]".repeat(50) + "}",
                        "NESTING_TOO_DEEP /x" + "/0".repeat(31)));
    }

    @ParameterizedTest
    @MethodSource("faultyBooks")
    void tellsTheFaultAndNoOther(String document, String expected) {
        assertEquals(List.of(expected), reasons(document));
    }

    private static String names(int count) {
        return names("n", count);
    }

    private static String names(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"" + prefix + i + "\"")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String regionsOf(int count, String warehouses) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"r" + i + "\":" + warehouses)
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** Promotions, each for a segment of its own. */
    private static String segments(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Books.percentOff("r" + i, "5").segment("s" + i).toString())
                .collect(Collectors.joining(","));
    }

    private static String holdIn(String scope) {
        return holdIn("r", scope);
    }

    private static String holdIn(String ruleId, String scope) {
        return Books.hold(ruleId, 60).with("scope", "{" + scope + "}").toString();
    }

    private static String tiers(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"t" + i + "\":{\"base_price\":1}")
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** Rules each of which names as many combinations as one may. */
    private static String wideRules(int count) {
        return IntStream.range(0, count)
                .mapToObj(
                        i ->
                                "{\"rule_id\":\""
                                        + i
                                        + "\",\"kind\":\"quantity_bands\",\"bands\":[{\"price\":1}],\"scope\":{\"product_ids\":"
                                        + names(i + "-", 400)
                                        + ",\"warehouse_ids\":"
                                        + names(250)
                                        + "}}")
                .collect(Collectors.joining(","));
    }

    @Test
    void readsEveryKindOfRule() {
        RuleBook book =
                Books.book(3)
                        .force()
                        .comment("all of it")
                        .region("north", "WH-GLA", "WH-MAN")
                        .region("islands", "WH-GLA")
                        .rule(Books.regional("tax", "1.05").regions("north", "islands"))
                        .rule(
                                Books.percentOff("sale", "12.5")
                                        .from(1_795_248_000_000L)
                                        .to(1_795_248_000_001L)
                                        .priority(7))
                        .rule(Books.amountOff("loyal", "0.50").segment("loyal").exclusive())
                        .rule(Books.limits("limits", "1.995", "1e3"))
                        .rule(Books.limits("floor", "2", null).tiers("basic"))
                        .rule(Books.limits("ceiling", null, "0.01").tiers("premium"))
                        .rule(Books.rounding("plain", null, null))
                        .rule(Books.rounding("even", "0.05", "HALF_EVEN").products("P"))
                        .rule(Books.ending("charm", "0.990").categories("toys"))
                        .rule(Books.ending("whole", "0").categories("garden"))
                        .rule(Books.hold("calm", 31_536_000))
                        .read();

        assertTrue(book.force());
        assertEquals(
                Map.of("north", Set.of("WH-GLA", "WH-MAN"), "islands", Set.of("WH-GLA")),
                book.regions());
        Map<String, Rule> rules =
                book.rules().stream().collect(Collectors.toMap(Rule::ruleId, rule -> rule));
        assertEquals(new Regional(new BigDecimal("1.05")), rules.get("tax").effect());
        assertEquals(Set.of("north", "islands"), rules.get("tax").scope().regions());
        Rule sale = rules.get("sale");
        assertEquals(new Promotion(new BigDecimal("12.5"), null, false, null), sale.effect());
        assertEquals(new Period(1_795_248_000_000L, 1_795_248_000_001L), sale.period());
        assertEquals(7, sale.priority());
        assertEquals(
                new Promotion(null, new BigDecimal("0.5"), true, "loyal"),
                rules.get("loyal").effect());
        assertEquals(
                new Limits(new BigDecimal("1.995"), new BigDecimal("1000")),
                rules.get("limits").effect());
        assertEquals(new Limits(new BigDecimal("2"), null), rules.get("floor").effect());
        assertEquals(new Limits(null, new BigDecimal("0.01")), rules.get("ceiling").effect());
        assertEquals(new Rounding(null, RoundingMode.HALF_UP, null), rules.get("plain").effect());
        assertEquals(
                new Rounding(new BigDecimal("0.05"), RoundingMode.HALF_EVEN, null),
                rules.get("even").effect());
        assertEquals(
                new Rounding(null, RoundingMode.HALF_UP, new BigDecimal("0.99")),
                rules.get("charm").effect());
        assertEquals(
                new Rounding(null, RoundingMode.HALF_UP, BigDecimal.ZERO),
                rules.get("whole").effect());
        assertEquals(new Hold(31_536_000), rules.get("calm").effect());
    }

    @Test
    void knowsTheMinorUnitOfEveryCurrency() {
        String yen =
                Books.book(1).from(null).currency("JPY").rule(Books.ending("r", "0.99")).json();
        assertEquals(List.of("ENDING_NOT_IN_MINOR_UNITS /rules/0/ending"), reasons(yen));
        String tens =
                Books.book(1)
                        .from(null)
                        .currency("JPY")
                        .rule(Books.rounding("r", "10", null))
                        .json();
        assertEquals(List.of(), reasons(tens));
        String half =
                Books.book(1)
                        .from(null)
                        .currency("JPY")
                        .rule(Books.limits("r", null, "0.99"))
                        .json();
        assertEquals(List.of("LIMITS_LEAVE_NO_PRICE /rules/0"), reasons(half));
        String dinar =
                Books.book(1).from(null).currency("KWD").rule(Books.ending("r", "0.999")).json();
        assertEquals(List.of(), reasons(dinar));
        // Of an unknown currency nothing is known: that fault is told, and no guess.
        String unknown =
                Books.book(1).from(null).currency("XAU").rule(Books.ending("r", "0.99999")).json();
        assertEquals(List.of("CURRENCY_UNKNOWN /currency"), reasons(unknown));
    }

    @Test
    void saysWhatIsAllowedOnARuleOfItsKind() {
        assertEquals(
                "A rule of kind promotion has no field 'bands'; allowed: rule_id, kind, scope,"
                        + " priority, effective_from, effective_to, percent_off, amount_off,"
                        + " stacking, segment.",
                read(kind("promotion", ",\"percent_off\":10,\"bands\":[]"))
                        .reasons()
                        .get(0)
                        .message());
        assertEquals(
                "kind 'magic' is unknown; allowed: quantity_bands, regional, promotion, limits,"
                        + " rounding, hold.",
                read(kind("magic", "")).reasons().get(0).message());
        assertEquals(
                "percent_off is '100'; allowed: a JSON number above 0 with at most 18 digits before"
                        + " and 8 after the point, below 100.",
                read(kind("promotion", ",\"percent_off\":100")).reasons().get(0).message());
        assertEquals(
                "ending is '-1'; allowed: a JSON number of 0 or more with at most 18 digits before"
                        + " and 8 after the point.",
                read(kind("rounding", ",\"ending\":-1")).reasons().get(0).message());
    }

    @Test
    void readsAgainWhatAnEarlierVersionAccepted() {
        // Of 0.1.0, which ignored fields that it did not know and looked for no hidden rules.
        String stored =
                Books.book(3)
                        .from(null)
                        .rule(Books.SCARCITY)
                        .rule(Books.bands("zzz", "{\"price\":1,\"x\":1}").with("note", "\"n\""))
                        .json();
        assertEquals(
                List.of("UNKNOWN_FIELD /rules/1/note", "UNKNOWN_FIELD /rules/1/bands/0/x"),
                reasons(stored));

        RuleBook book = RuleBookReader.readAccepted(stored.getBytes(UTF_8));

        assertEquals(2, book.rules().size());
        assertEquals(read(EXAMPLE).book(), RuleBookReader.readAccepted(EXAMPLE.getBytes(UTF_8)));
        IllegalArgumentException told =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> RuleBookReader.readAccepted("{}".getBytes(UTF_8)));
        assertEquals(
                "an accepted rule book cannot be read: book_id is missing; it is required.",
                told.getMessage());
    }

    @Test
    void readsAgainTimesAndVersionsThatItRefusesToday() {
        String stored =
                book("x", "1,\"effective_from\":0,\"effective_to\":5")
                        .replace("\"version\":1", "\"version\":" + Long.MAX_VALUE);
        assertEquals(
                List.of(
                        "VERSION_OUT_OF_RANGE /version",
                        "EFFECTIVE_FROM_OUT_OF_RANGE /effective_from",
                        "EFFECTIVE_TO_OUT_OF_RANGE /effective_to"),
                reasons(stored));

        RuleBook book = RuleBookReader.readAccepted(stored.getBytes(UTF_8));

        assertEquals(
                List.of(Long.MAX_VALUE, 0L, 5L),
                List.of(book.version(), book.effectiveFrom(), book.effectiveTo()));
    }

    static Stream<String> whatNobodyReads() {
        return Stream.of(
                "\"description\":\"" + "x".repeat(8_193) + "\"",
                "\"description\":\"" + "é".repeat(400_000) + "\"",
                "\"" + "n".repeat(129) + "\":1",
                "\"" + "n".repeat(900_000) + "\":1",
                "\"weight\":0.1000000000000000055511151231257827021181583404541015625",
                "\"weight\":" + "9".repeat(900_000),
                "\"weight\":1e99999999999",
                "\"x\":{\"a\":1,\"a\":2}",
                "\"x\":1,\"x\":2",
                "\"x\":[{\""
                        + "n".repeat(129)
                        + "\":[\""
                        + "x".repeat(9_000)
                        + "\",0."
                        + "1".repeat(60)
                        + "]}]");
    }

    @ParameterizedTest
    @MethodSource("whatNobodyReads")
    void takesABookWhateverStandsWhereNobodyReads(String field) {
        String document = rules("");
        String atItsEnd = document.substring(0, document.length() - 1) + "," + field + "}";

        assertEquals(List.of(), reasons(atItsEnd));
        assertEquals(List.of(), reasons("{" + field + "," + document.substring(1)));
        assertEquals(read(document).book(), RuleBookReader.readAccepted(atItsEnd.getBytes(UTF_8)));
        assertEquals(
                Set.of("UNKNOWN_FIELD_IGNORED"),
                RuleBookReader.warnings(atItsEnd.getBytes(UTF_8), 0).stream()
                        .map(RuleStatus.Reason::reason)
                        .collect(Collectors.toSet()));
    }

    @Test
    void takesNamesOfTiersAndRegionsAsLongAsTheCatalogMayNameThem() {
        String name = "t".repeat(256);

        assertEquals(List.of(), reasons(book("tiers", "{\"" + name + "\":{\"base_price\":5}}")));
        assertEquals(List.of(), reasons(book("regions", "{\"" + name + "\":[\"w\"]}")));
    }

    @Test
    void tellsLongValuesThatItReadsAmongTheOtherFaults() {
        assertEquals(
                List.of(
                        "NUMBER_TOO_LONG /version",
                        "STRING_TOO_LONG /comment",
                        "MULTIPLIER_TOO_FINE /rules/0/multiplier",
                        "NUMBER_TOO_LONG /rules/1/multiplier"),
                reasons(
                        book(
                                        "comment",
                                        "\"" + "x".repeat(9_000) + "\"",
                                        "{\"rule_id\":\"a\",\"kind\":\"regional\",\"multiplier\":1.0000000000000000000001},"
                                                + "{\"rule_id\":\"b\",\"kind\":\"regional\",\"multiplier\":0.1000000000000000055511151231257827021181583404541015625}")
                                .replace("\"version\":1", "\"version\":" + "1".repeat(41))));
        assertEquals(
                "multiplier has 56 digits; allowed: at most 40.",
                read(kind(
                                "regional",
                                ",\"multiplier\":0.1000000000000000055511151231257827021181583404541015625"))
                        .reasons()
                        .get(0)
                        .message());
    }

    @Test
    void saysWhatEpochSecondsWereTakenFor() {
        assertEquals(
                "effective_from is '1795248000', that is 1970-01-21T18:40:48.000Z; allowed:"
                        + " ISO-8601 with an offset, or epoch milliseconds, from 2000 to 9999. Epoch"
                        + " seconds read as milliseconds are the usual cause.",
                read(book("effective_from", "1795248000")).reasons().get(0).message());
        assertEquals(
                "effective_to is '1999-12-31T23:59:59Z'; allowed: ISO-8601 with an offset, or epoch"
                        + " milliseconds, from 2000 to 9999.",
                read(book("effective_to", "\"1999-12-31T23:59:59Z\"")).reasons().get(0).message());
        assertEquals(
                946_684_800_000L,
                read(book("effective_from", "\"2000-01-01T01:00+0100\"")).book().effectiveFrom());
        assertEquals(
                Instants.MAX, read(book("effective_to", "253402300799999")).book().effectiveTo());
    }

    @Test
    void takesEveryVersionThatALaterOneCanFollow() {
        assertEquals(
                Long.MAX_VALUE - 1, read(book("version", "9223372036854775806")).book().version());
    }

    @Test
    void takesBandsThatOverlapWithoutHidingOneAnother() {
        String document =
                bands(
                        "{\"below\":5,\"restocking_over\":10,\"price\":1},{\"below\":5,\"price\":2},"
                                + "{\"restocking_at_most\":3,\"price\":3},{\"below\":9,\"restocking_over\":2,\"price\":4},"
                                + "{\"price\":5}");

        assertEquals(List.of(), reasons(document));
    }

    @Test
    void readsABookAtTheLimits() {
        String rules =
                IntStream.range(0, 12_000)
                        .mapToObj(
                                i ->
                                        "{\"rule_id\":\"r"
                                                + i
                                                + "\",\"kind\":\"hold\",\"min_seconds\":9,\"scope\":{\"product_ids\":[\"p"
                                                + i
                                                + "\"]}}")
                        .collect(Collectors.joining(","));

        assertEquals(12_000, read(rules(rules)).book().rules().size());
        assertEquals(List.of(), reasons(rules(wideRules(10))));
        assertEquals(List.of(), reasons(book("tiers", tiers(10_000))));
        String bands =
                IntStream.range(1, 1_000)
                        .mapToObj(i -> "{\"below\":" + i + ",\"price\":1}")
                        .collect(Collectors.joining(",", "", ",{\"price\":1}"));
        assertEquals(List.of(), reasons(bands(bands)));
    }

    @Test
    void boundsTheAnswerToABookFullOfFaults() {
        String name = "\\u0001~/\\ud800".repeat(8);
        String tiers =
                IntStream.range(0, 6_000)
                        .mapToObj(i -> "\"" + i + name + "\":0")
                        .collect(Collectors.joining(",", "{", "}"));
        RuleBookReader.Result result = read(book("tiers", tiers));

        assertEquals(BookFaults.MOST_REASONS + 1, result.reasons().size());
        assertEquals("TOO_MANY_FAULTS", result.reasons().get(BookFaults.MOST_REASONS).reason());
        RuleStatus status =
                new RuleStatus(
                        "default",
                        1L,
                        RuleStatus.State.REJECTED,
                        null,
                        null,
                        result.reasons(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);
        int published = new RuleStatusJson().value(status).length;
        assertTrue(published < 1_000_000, "published " + published);
    }

    @Test
    void keepsItsWordUnderRandomMutations() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            byte[] document = EXAMPLE.getBytes(UTF_8);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                document[random.nextInt(document.length)] = (byte) (32 + random.nextInt(95));
            }
            RuleBookReader.Result result = RuleBookReader.read(document);
            assertTrue(
                    result.book() == null ^ result.reasons().isEmpty(),
                    "seed " + seed + ", mutation " + i);
        }
    }
}
