package io.slackwater.pricing.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.CatalogMessage;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.StockVersion;
import java.math.BigDecimal;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogDecoderTest {

    private static final long TIMESTAMP = Instants.parse("2026-11-21T08:00:05Z");
    private static final String GOOD =
            "{\"product_id\":\"12345\",\"price_tier\":\"premium\",\"list_price\":24.90,"
                    + "\"category\":\"garden\",\"updated_at\":\"2026-11-21T08:00:00Z\"}";

    private final CatalogDecoder decoder = new CatalogDecoder(600_000);

    private CatalogMessage decode(String key, String value) {
        return decoder.decode(bytes(key), bytes(value), "product_catalog", 1, 3, TIMESTAMP);
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    @Test
    void readsTheExampleOfTheContract() {
        CatalogMessage message = decode("12345", GOOD);

        assertEquals("12345", message.productId());
        assertNull(message.deadLetter());
        assertEquals(
                new CatalogEntry(
                        "premium",
                        new BigDecimal("24.9"),
                        "garden",
                        Instants.parse("2026-11-21T08:00:00Z")),
                message.entry());
    }

    @Test
    void takesTheDocumentsProductWhereThereIsNoKey() {
        assertEquals("12345", decode(null, GOOD).productId());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"product_id\":\"1\"}",
                "{\"x\":[{}],\"price_tier\":null,\"list_price\":null,\"category\":null,\"product_id\":\"1\"}"
            })
    void takesAllButTheProductForOptional(String value) {
        assertEquals(new CatalogEntry(null, null, null, TIMESTAMP), decode("1", value).entry());
    }

    @ParameterizedTest
    @CsvSource({
        "24.90, 24.9",
        "24.900000000000, 24.9",
        "1, 1",
        "100, 100",
        "1e2, 100",
        "1.5E+3, 1500",
        "1e-8, 0.00000001",
        "0.00000001, 0.00000001",
        "999999999999999999, 999999999999999999",
        "999999999999999999.99999999, 999999999999999999.99999999"
    })
    void readsPricesExactly(String written, String price) {
        CatalogEntry entry =
                decode("1", "{\"product_id\":\"1\",\"list_price\":" + written + "}").entry();

        assertEquals(new BigDecimal(price), entry.listPrice());
    }

    @Test
    void removesTheEntryOfATombstone() {
        CatalogMessage message = decode("12345", null);

        assertEquals("12345", message.productId());
        assertNull(message.entry());
        assertNull(message.deadLetter());
    }

    static Stream<Arguments> poison() {
        return Stream.of(
                arguments(null, null, "TOMBSTONE_WITHOUT_KEY", ""),
                arguments(" ", null, "KEY_BLANK", ""),
                arguments("1", "", "EMPTY_DOCUMENT", ""),
                arguments("1", "[]", "NOT_AN_OBJECT", ""),
                arguments("1", "{\"product_id\":\"1\"", "TRUNCATED_DOCUMENT", "/product_id"),
                arguments("1", "{\"product_id\":\"1\"}{}", "TRAILING_DATA", ""),
                arguments("1", "{}", "PRODUCT_ID_MISSING", ""),
                arguments("1", "{\"product_id\":1}", "PRODUCT_ID_NOT_TEXT", "/product_id"),
                arguments("1", "{\"product_id\":\"2\"}", "KEY_MISMATCH", "/product_id"),
                arguments("", "{\"product_id\":\"2\"}", "KEY_MISMATCH", "/product_id"),
                arguments("{\"id\":\"1\"}", null, "KEY_WITHOUT_PRODUCT_ID", ""),
                arguments("\"2\"", "{\"product_id\":\"1\"}", "KEY_MISMATCH", "/product_id"),
                arguments(
                        "{\"id\":\"1\"}", "{\"product_id\":\"1\"}", "KEY_MISMATCH", "/product_id"),
                arguments(
                        "1",
                        field("\"price_tier\":\"" + "t".repeat(9_000) + "\""),
                        "PRICE_TIER_TOO_LONG",
                        "/price_tier"),
                arguments("1", field("\"price_tier\":\" \""), "PRICE_TIER_BLANK", "/price_tier"),
                arguments(
                        "1",
                        field("\"list_price\":24.9" + "0".repeat(90_000)),
                        "NUMBER_TOO_LONG",
                        "/list_price"),
                arguments(
                        "1",
                        field("\"updated_at\":" + "9".repeat(41)),
                        "UPDATED_AT_OUT_OF_RANGE",
                        "/updated_at"),
                arguments(
                        "1",
                        field("\"price_tier\":\"a\\u0007\""),
                        "PRICE_TIER_CONTROL_CHARACTER",
                        "/price_tier"),
                arguments(
                        "1",
                        field("\"price_tier\":\"a\",\"price_tier\":\"b\""),
                        "DUPLICATE_FIELD",
                        "/price_tier"),
                arguments(
                        "1",
                        field("\"list_price\":1,\"list_price\":1"),
                        "DUPLICATE_FIELD",
                        "/list_price"),
                arguments(
                        "1",
                        field("\"list_price\":\"24.90\""),
                        "LIST_PRICE_NOT_A_NUMBER",
                        "/list_price"),
                arguments(
                        "1", field("\"list_price\":{}"), "LIST_PRICE_NOT_A_NUMBER", "/list_price"),
                arguments("1", field("\"list_price\":0"), "LIST_PRICE_OUT_OF_RANGE", "/list_price"),
                arguments(
                        "1",
                        field("\"list_price\":0e999999999"),
                        "LIST_PRICE_OUT_OF_RANGE",
                        "/list_price"),
                arguments(
                        "1",
                        field("\"list_price\":-1.5"),
                        "LIST_PRICE_OUT_OF_RANGE",
                        "/list_price"),
                arguments(
                        "1",
                        field("\"list_price\":1e18"),
                        "LIST_PRICE_OUT_OF_RANGE",
                        "/list_price"),
                arguments(
                        "1",
                        field("\"list_price\":1e-9"),
                        "LIST_PRICE_OUT_OF_RANGE",
                        "/list_price"),
                arguments(
                        "1",
                        field("\"list_price\":1e999999999"),
                        "LIST_PRICE_OUT_OF_RANGE",
                        "/list_price"),
                arguments(
                        "1",
                        field("\"list_price\":1e-999999999"),
                        "LIST_PRICE_OUT_OF_RANGE",
                        "/list_price"),
                arguments(
                        "1",
                        field("\"list_price\":1e99999999999"),
                        "LIST_PRICE_OUT_OF_RANGE",
                        "/list_price"),
                arguments(
                        "1",
                        field("\"list_price\":1e-2147483648"),
                        "LIST_PRICE_OUT_OF_RANGE",
                        "/list_price"),
                arguments(
                        "1",
                        field("\"list_price\":" + "9".repeat(41)),
                        "NUMBER_TOO_LONG",
                        "/list_price"),
                arguments("1", field("\"list_price\":NaN"), "NOT_A_NUMBER", "/list_price"),
                arguments(
                        "1",
                        field("\"updated_at\":\"now\""),
                        "UPDATED_AT_NOT_A_TIME",
                        "/updated_at"),
                arguments(
                        "1", field("\"updated_at\":null"), "UPDATED_AT_NOT_A_TIME", "/updated_at"),
                arguments(
                        "1", field("\"updated_at\":-1"), "UPDATED_AT_OUT_OF_RANGE", "/updated_at"),
                arguments(
                        "1",
                        field("\"updated_at\":\"2026-11-21T08:10:05.001Z\""),
                        "UPDATED_AT_IN_FUTURE",
                        "/updated_at"));
    }

    static Stream<Arguments> categories() {
        return Stream.of(
                arguments("7", "CATEGORY_NOT_TEXT"),
                arguments("[\"garden\"]", "CATEGORY_NOT_TEXT"),
                arguments("{\"name\":\"garden\"}", "CATEGORY_NOT_TEXT"),
                arguments("\"  \"", "CATEGORY_BLANK"),
                arguments("\"a\\u0007\"", "CATEGORY_CONTROL_CHARACTER"),
                arguments("\"" + "c".repeat(257) + "\"", "CATEGORY_TOO_LONG"),
                arguments("\"" + "c".repeat(9_000) + "\"", "CATEGORY_TOO_LONG"),
                arguments("\"garden\",\"category\":\"toys\"", "DUPLICATE_FIELD"),
                arguments("\"\",\"category\":[\"toys\"]", "DUPLICATE_FIELD"));
    }

    @ParameterizedTest
    @MethodSource("categories")
    void takesTheEntryWithoutACategoryThatCannotBeUsed(String category, String reason) {
        String value =
                "{\"product_id\":\"1\",\"category\":"
                        + category
                        + ",\"price_tier\":\"premium\",\"list_price\":99.00}";
        CatalogMessage message = decode("1", value);

        assertEquals("1", message.productId());
        assertEquals(
                new CatalogEntry("premium", new BigDecimal("99"), null, TIMESTAMP),
                message.entry());
        DeadLetter letter = message.deadLetter();
        assertEquals(reason, letter.reason());
        assertEquals("/category", letter.path());
        assertEquals(value, letter.payload());
        assertEquals("1", letter.key());
    }

    @Test
    void takesEmptyTextForAbsent() {
        CatalogMessage message =
                decode(
                        "1",
                        "{\"product_id\":\"1\",\"category\":\"\",\"price_tier\":\"\",\"updated_at\":\"\",\"list_price\":99.00}");

        assertNull(message.deadLetter());
        assertEquals(
                new CatalogEntry(null, new BigDecimal("99"), null, TIMESTAMP), message.entry());
    }

    static Stream<String> whatNobodyReads() {
        return Stream.of(
                "\"weight\":0.1000000000000000055511151231257827021181583404541015625",
                "\"weight\":" + "9".repeat(900_000),
                "\"description\":\"" + "x".repeat(8_193) + "\"",
                "\"" + "n".repeat(129) + "\":[{\"a\":1,\"a\":2}]");
    }

    @ParameterizedTest
    @MethodSource("whatNobodyReads")
    void takesAnEntryWhateverStandsWhereNobodyReads(String field) {
        CatalogMessage message = decode("1", field(field + ",\"list_price\":99.00"));

        assertNull(message.deadLetter());
        assertEquals(new BigDecimal("99"), message.entry().listPrice());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "12345",
                "\"12345\"",
                " {\"product_id\":\"12345\"}\n",
                "{\"product_id\":12345}",
                "{\"schema\":{},\"payload\":\"12345\"}",
                "{\"schema\":{},\"payload\":12345}",
                "{\"payload\":{\"product_id\":\"12345\"},\"schema\":{}}"
            })
    void understandsKeysAsConvertersWriteThem(String key) {
        assertEquals("12345", decode(key, null).productId());
        CatalogMessage message = decode(key, GOOD);
        assertNull(message.deadLetter());
        assertEquals("12345", message.productId());
    }

    @Test
    void ordersEntriesAndRemovalsByTimeThenPartitionAndOffset() {
        assertEquals(
                new StockVersion(Instants.parse("2026-11-21T08:00:00Z"), 1, 3),
                decode("12345", GOOD).version());
        assertEquals(
                new StockVersion(TIMESTAMP, 1, 3), decode("1", "{\"product_id\":\"1\"}").version());
        assertEquals(new StockVersion(TIMESTAMP, 1, 3), decode("1", null).version());
    }

    private static String field(String fields) {
        return "{\"product_id\":\"1\"," + fields + "}";
    }

    @ParameterizedTest
    @MethodSource("poison")
    void makesADeadLetterOfPoison(String key, String value, String reason, String path) {
        CatalogMessage message = decode(key, value);

        assertNull(message.productId());
        assertNull(message.entry());
        DeadLetter letter = message.deadLetter();
        assertEquals(reason, letter.reason(), letter.message());
        assertEquals(path, letter.path(), letter.message());
        assertEquals(key, letter.key());
        assertEquals(value, letter.payload());
    }

    @Test
    void keepsItsWordUnderRandomMutations() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            byte[] value = bytes(GOOD);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                value[random.nextInt(value.length)] ^= (byte) (1 << random.nextInt(8));
            }
            CatalogMessage message =
                    decoder.decode(null, value, "product_catalog", 1, 3, TIMESTAMP);
            boolean categoryAlone =
                    message.deadLetter() != null && message.deadLetter().path().equals("/category");
            assertTrue(
                    message.entry() == null ^ (message.deadLetter() == null || categoryAlone)
                            || (categoryAlone && message.productId() == null),
                    "seed " + seed + ", mutation " + i);
        }
    }
}
