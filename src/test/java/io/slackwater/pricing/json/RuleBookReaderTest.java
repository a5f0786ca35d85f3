package io.slackwater.pricing.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.model.RuleBook.Band;
import io.slackwater.pricing.model.RuleBook.Rule;
import io.slackwater.pricing.model.RuleBook.Scope;
import io.slackwater.pricing.model.RuleBook.Tier;
import io.slackwater.pricing.model.RuleStatus;
import java.math.BigDecimal;
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

    private static String bands(String bands) {
        return rule("\"bands\":[" + bands + "]");
    }

    private static String scope(String scope) {
        return rule("\"bands\":[{\"price\":1}],\"scope\":" + scope);
    }

    private static String book(String field, String value) {
        Map<String, String> fields =
                new LinkedHashMap<>(
                        Map.of(
                                "book_id", "\"default\"",
                                "version", "1",
                                "currency", "\"EUR\"",
                                "tiers", "{\"basic\":{\"base_price\":5}}",
                                "rules", "[]"));
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
                                        RuleBook.Kind.QUANTITY_BANDS,
                                        Scope.EVERYWHERE,
                                        0,
                                        null,
                                        null,
                                        List.of(
                                                new Band(
                                                        10L,
                                                        null,
                                                        null,
                                                        new BigDecimal("1.2"),
                                                        null),
                                                new Band(
                                                        50L, null, null, new BigDecimal("1"), null),
                                                new Band(
                                                        null,
                                                        null,
                                                        null,
                                                        new BigDecimal("0.8"),
                                                        null)),
                                        null,
                                        null,
                                        null,
                                        null,
                                        0))),
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
                rule.bands());
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
                arguments(book("version", "9223372036854775808"), "VERSION_OUT_OF_RANGE /version"),
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
                        book("effective_from", "-1"), "EFFECTIVE_FROM_NOT_A_TIME /effective_from"),
                arguments(
                        book("effective_to", "\"2026-11-01\""),
                        "EFFECTIVE_TO_NOT_A_TIME /effective_to"),
                arguments(
                        book("effective_to", "1e999999999"),
                        "EFFECTIVE_TO_NOT_A_TIME /effective_to"),
                arguments(
                        book("x", "1,\"effective_from\":5,\"effective_to\":5"),
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
                arguments("", "EMPTY_DOCUMENT"),
                arguments("[]", "NOT_AN_OBJECT"),
                arguments("{\"version\":1,\"version\":2}", "DUPLICATE_FIELD /version"),
                arguments("{\"x\":{\"a\":1,\"a\":2}}", "DUPLICATE_FIELD /x/a"),
                arguments("{\"version\":1} x", "TRAILING_DATA"),
                arguments("{\"version\":1", "TRUNCATED_DOCUMENT /version"),
                arguments("{\"version\":NaN}", "NOT_A_NUMBER /version"),
                arguments("{\"x\":1e99999999999}", "MALFORMED_JSON /x"),
                arguments(
                        "{\"x\":" + "[".repeat(50) + "]".repeat(50) + "}",
                        "NESTING_TOO_DEEP /x" + "/0".repeat(31)),
                arguments(
                        "{\"comment\":\"" + "x".repeat(9_000) + "\"}", "STRING_TOO_LONG /comment"));
    }

    @ParameterizedTest
    @MethodSource("faultyBooks")
    void tellsTheFaultAndNoOther(String document, String expected) {
        assertEquals(List.of(expected), reasons(document));
    }

    private static String names(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"n" + i + "\"")
                .collect(Collectors.joining(",", "[", "]"));
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
                                        + names(400)
                                        + ",\"warehouse_ids\":"
                                        + names(250)
                                        + "}}")
                .collect(Collectors.joining(","));
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
                                                + "\",\"kind\":\"quantity_bands\",\"bands\":[{\"price\":1}]}")
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

        assertEquals(RuleBookReader.MAX_REASONS + 1, result.reasons().size());
        assertEquals("TOO_MANY_FAULTS", result.reasons().get(RuleBookReader.MAX_REASONS).reason());
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
                        null);
        int published = new OutputJson().ruleStatus(status).length;
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
