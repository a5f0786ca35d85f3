package io.slackwater.pricing.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.InventoryMessage.Kind;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InventoryDecoderTest {

    private static final long TIMESTAMP = Instants.parse("2026-11-21T08:00:05Z");
    private static final long EVENT_TIME = Instants.parse("2026-11-21T08:00:00Z");
    private static final InventoryDecoder.Limits LIMITS =
            new InventoryDecoder.Limits(-1_000, 1_000_000, 600_000, 1_000);

    private final InventoryDecoder decoder = new InventoryDecoder(LIMITS, false);
    private final InventoryDecoder completeDecoder = new InventoryDecoder(LIMITS, true);

    private InventoryMessage decode(String value) {
        return decode(decoder, value);
    }

    private static InventoryMessage decode(InventoryDecoder decoder, String value) {
        return decoder.decode(null, value.getBytes(UTF_8), "inventory_raw", 2, 41, TIMESTAMP);
    }

    private static StockLevel level(String warehouse, long quantity, int delivery, int restocking) {
        StockVersion version = new StockVersion(EVENT_TIME, 2, 41);
        return new StockLevel(
                "12345", warehouse, quantity, delivery, restocking, version, TIMESTAMP);
    }

    @Test
    void readsTheExampleOfTheContract() {
        InventoryMessage message =
                decode(
                        """
                        {"product_id":"12345","name":"Product A","event_time":"2026-11-21T08:00:00Z",
                         "inventory":[{"warehouse_id":"WH1","quantity":100,"delivery_time":3,"restocking_time":7},
                                      {"warehouse_id":"WH2","quantity":50,"delivery_time":5,"restocking_time":10}],
                         "physical_characteristics":{"weight":10,"length":20,"width":15,"height":10}}
                        """);

        assertEquals(
                new InventoryMessage(
                        new Source("inventory_raw", 2, 41, TIMESTAMP),
                        "12345",
                        new StockVersion(EVENT_TIME, 2, 41),
                        Kind.PARTIAL,
                        List.of(level("WH1", 100, 3, 7), level("WH2", 50, 5, 10)),
                        List.of(),
                        2),
                message);
    }

    @Test
    void readsTheFieldsInAnyOrder() {
        InventoryMessage message =
                decode(
                        """
                        {"inventory":[{"restocking_time":7,"quantity":100,"x":[{"quantity":"no"}],"delivery_time":3,"warehouse_id":"WH1"}],
                         "event_time":1795248000000,"product_id":"12345"}
                        """);

        assertEquals(List.of(level("WH1", 100, 3, 7)), message.stockLevels());
    }

    @Test
    void takesAnAbsentQuantityForZeroAndAbsentDaysForAbsent() {
        InventoryMessage message =
                decode(
                        """
                        {"product_id":"12345","event_time":"2026-11-21T08:00:00Z",
                         "inventory":[{"warehouse_id":"WH1"},{"warehouse_id":"WH2","delivery_time":null,"restocking_time":null}]}
                        """);

        assertEquals(
                List.of(level("WH1", 0, -1, -1), level("WH2", 0, -1, -1)), message.stockLevels());
    }

    @Test
    void takesTheRecordsTimestampWhereThereIsNoEventTime() {
        InventoryMessage message = decode("{\"product_id\":\"1\",\"inventory\":[]}");

        assertEquals(new StockVersion(TIMESTAMP, 2, 41), message.version());
    }

    @Test
    void takesAnEmptyEventTimeForAbsent() {
        InventoryMessage message =
                decode(
                        "{\"product_id\":\"1\",\"event_time\":\"\",\"inventory\":[{\"warehouse_id\":\"W\",\"quantity\":3}]}");

        assertEquals(List.of(), message.deadLetters());
        assertEquals(new StockVersion(TIMESTAMP, 2, 41), message.version());
        assertEquals(3, message.stockLevels().get(0).quantity());
    }

    @ParameterizedTest
    @CsvSource({
        "-1000, -1000",
        "-0, 0",
        "0, 0",
        "1000000, 1000000",
    })
    void takesQuantitiesUpToTheLimits(String written, long quantity) {
        InventoryMessage message =
                decode(
                        "{\"product_id\":\"1\",\"inventory\":[{\"warehouse_id\":\"W\",\"quantity\":"
                                + written
                                + "}]}");

        assertEquals(quantity, message.stockLevels().get(0).quantity());
    }

    @Test
    void takesTheWholeRangeOfALongWhereTheLimitsAllowIt() {
        InventoryDecoder wide =
                new InventoryDecoder(
                        new InventoryDecoder.Limits(Long.MIN_VALUE, Long.MAX_VALUE, 0, 9), false);
        InventoryMessage message =
                decode(
                        wide,
                        """
                        {"product_id":"1","inventory":[
                          {"warehouse_id":"a","quantity":9223372036854775807},
                          {"warehouse_id":"b","quantity":-9223372036854775808},
                          {"warehouse_id":"c","quantity":9223372036854775808}]}
                        """);

        assertEquals(Long.MAX_VALUE, message.stockLevels().get(0).quantity());
        assertEquals(Long.MIN_VALUE, message.stockLevels().get(1).quantity());
        assertEquals("QUANTITY_OUT_OF_RANGE", message.deadLetters().get(0).reason());
    }

    @Test
    void keepsTheGoodLinesOfABadMessage() {
        InventoryMessage message =
                decode(
                        """
                        {"product_id":"12345","event_time":"2026-11-21T08:00:00Z","inventory":[
                         {"warehouse_id":"WH1","quantity":null},{"warehouse_id":"WH2","quantity":50,"delivery_time":5,"restocking_time":10},7]}
                        """);

        assertEquals(Kind.PARTIAL, message.kind());
        assertEquals(List.of(level("WH2", 50, 5, 10)), message.stockLevels());
        assertEquals(3, message.lines());
        assertEquals(2, message.deadLetters().size());
        DeadLetter first = message.deadLetters().get(0);
        assertEquals("QUANTITY_NOT_INTEGER", first.reason());
        assertEquals("/inventory/0/quantity", first.path());
        assertEquals("{\"warehouse_id\":\"WH1\",\"quantity\":null}", first.payload());
        assertEquals("7", message.deadLetters().get(1).payload());
        assertEquals("/inventory/2", message.deadLetters().get(1).path());
    }

    @Test
    void refusesEveryLineOfAWarehouseNamedTwiceAndNoOther() {
        InventoryMessage message =
                decode(
                        """
                        {"product_id":"1","inventory":[
                          {"warehouse_id":"A","quantity":1},{"warehouse_id":"B","quantity":2},
                          {"warehouse_id":"A","quantity":"x"},{"warehouse_id":"A","quantity":1}]}
                        """);

        assertEquals(1, message.stockLevels().size());
        assertEquals("B", message.stockLevels().get(0).warehouseId());
        assertEquals(
                List.of("WAREHOUSE_NAMED_TWICE", "QUANTITY_NOT_INTEGER", "WAREHOUSE_NAMED_TWICE"),
                message.deadLetters().stream().map(DeadLetter::reason).toList());
    }

    @Test
    void findsAWarehouseNamedTwiceAmongManyLines() {
        StringBuilder value = new StringBuilder("{\"product_id\":\"1\",\"inventory\":[");
        for (int i = 0; i < 999; i++) {
            value.append("{\"warehouse_id\":\"W").append(i).append("\"},");
        }
        InventoryMessage message = decode(value.append("{\"warehouse_id\":\"W7\"}]}").toString());

        assertEquals(998, message.stockLevels().size());
        assertEquals(
                List.of("/inventory/7/warehouse_id", "/inventory/999/warehouse_id"),
                message.deadLetters().stream().map(DeadLetter::path).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"product_id\":\"1\"}",
                "{\"product_id\":\"1\",\"inventory\":[]}",
                " \n{\"product_id\":\"1\",\"unknown\":{\"a\":[1,{\"b\":null}]}}\t\r\n "
            })
    void takesAMessageWithoutLinesForValid(String value) {
        for (InventoryDecoder any : List.of(decoder, completeDecoder)) {
            InventoryMessage message = decode(any, value);
            assertEquals(Kind.PARTIAL, message.kind());
            assertEquals("1", message.productId());
            assertEquals(0, message.lines());
            assertEquals(List.of(), message.deadLetters());
        }
    }

    @Test
    void takesAMessageForCompleteOnlyWhenAllItsLinesAreGood() {
        String good = "{\"product_id\":\"1\",\"inventory\":[{\"warehouse_id\":\"A\"}]}";
        String bad = "{\"product_id\":\"1\",\"inventory\":[{\"warehouse_id\":\"A\"},{}]}";

        assertEquals(Kind.COMPLETE, decode(completeDecoder, good).kind());
        assertEquals(Kind.PARTIAL, decode(completeDecoder, bad).kind());
        assertEquals(Kind.PARTIAL, decode(good).kind());
    }

    @Test
    void delistsTheProductOfATombstone() {
        InventoryMessage message =
                decoder.decode("köln".getBytes(UTF_8), null, "inventory_raw", 2, 41, TIMESTAMP);

        assertEquals(Kind.DELISTED, message.kind());
        assertEquals("köln", message.productId());
        assertEquals(new StockVersion(TIMESTAMP, 2, 41), message.version());
        assertEquals(0, message.lines());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"k\\u00f6ln\"",
                " \t\"köln\"\r\n",
                "{\"product_id\":\"köln\"}",
                "{\"x\":[1],\"product_id\":\"köln\"}",
                "{\"schema\":{\"type\":\"string\",\"optional\":false},\"payload\":\"köln\"}",
                "{\"schema\":{\"type\":\"struct\"},\"payload\":{\"product_id\":\"köln\"}}"
            })
    void delistsTheProductOfATombstoneWhoseKeyIsJson(String key) {
        InventoryMessage message =
                decoder.decode(key.getBytes(UTF_8), null, "inventory_raw", 2, 41, TIMESTAMP);

        assertEquals(Kind.DELISTED, message.kind());
        assertEquals("köln", message.productId());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "köln",
                "\"köln\"",
                "{\"product_id\":\"köln\"}",
                "{\"schema\":{},\"payload\":\"köln\"}",
                "{\"schema\":null,\"payload\":null}"
            })
    void takesAMessageWhoseKeyIsItsProduct(String key) {
        byte[] value = "{\"product_id\":\"köln\"}".getBytes(UTF_8);
        InventoryMessage message =
                decoder.decode(key.getBytes(UTF_8), value, "inventory_raw", 2, 41, TIMESTAMP);

        assertEquals(List.of(), message.deadLetters());
        assertEquals("köln", message.productId());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "1", "köln2", "köl", "Köln", " köln", "\"1\"", "{\"id\":\"köln\"}", "ÿ"})
    void refusesAMessageWhoseKeyIsAnotherProduct(String key) {
        byte[] value = "{\"product_id\":\"köln\",\"inventory\":[{}]}".getBytes(UTF_8);
        byte[] bytes = key.equals("ÿ") ? new byte[] {(byte) 0xFF} : key.getBytes(UTF_8);
        InventoryMessage message = decoder.decode(bytes, value, "inventory_raw", 2, 41, TIMESTAMP);

        assertEquals(Kind.UNUSABLE, message.kind());
        assertEquals(1, message.deadLetters().size());
        DeadLetter letter = message.deadLetters().get(0);
        assertEquals("KEY_MISMATCH", letter.reason());
        assertEquals("/product_id", letter.path());
        assertEquals(
                "product_id is 'köln' but the key is another; allowed: the same, or no key.",
                letter.message());
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-21T09:00:00+0100",
        "2026-11-21T09:00:00+01",
        "2026-11-21T09:00+0100",
        "'2026-11-21T08:00:00,000Z'",
        "'2026-11-21T09:00:00,0+0100'",
        "2026-11-21T08:00Z"
    })
    void readsEverySpellingOfATime(String time) {
        InventoryMessage message = decode("{\"product_id\":\"1\",\"event_time\":\"" + time + "\"}");

        assertEquals(new StockVersion(EVENT_TIME, 2, 41), message.version());
    }

    @Test
    void pricesALineWithoutAnOptionalFieldThatCannotBeUsed() {
        InventoryMessage message =
                decode(
                        completeDecoder,
                        """
                        {"product_id":"12345","event_time":"2026-11-21T08:00:00Z","inventory":[
                         {"warehouse_id":"WH1","quantity":0,"restocking_time":""}]}
                        """);

        assertEquals(Kind.COMPLETE, message.kind());
        assertEquals(1, message.lines());
        assertEquals(List.of(level("WH1", 0, -1, -1)), message.stockLevels());
        assertEquals(
                List.of(
                        new DeadLetter(
                                "RESTOCKING_TIME_NOT_INTEGER",
                                "/inventory/0/restocking_time",
                                "restocking_time is text; allowed: whole days from 0 to 36500. The"
                                        + " line is taken without it.",
                                new Source("inventory_raw", 2, 41, TIMESTAMP),
                                null,
                                "{\"warehouse_id\":\"WH1\",\"quantity\":0,\"restocking_time\":\"\"}",
                                "utf-8",
                                false,
                                TIMESTAMP)),
                message.deadLetters());
    }

    @Test
    void takesAnEventTimeUpToTheBoundOnTheFuture() {
        String at = "{\"product_id\":\"1\",\"event_time\":" + (TIMESTAMP + 600_000) + "}";
        String beyond = "{\"product_id\":\"1\",\"event_time\":" + (TIMESTAMP + 600_001) + "}";

        assertEquals(Kind.PARTIAL, decode(at).kind());
        assertEquals("EVENT_TIME_IN_FUTURE", decode(beyond).deadLetters().get(0).reason());
    }

    @Test
    void takesHistoryFrom1970On() {
        assertEquals(0, decode("{\"product_id\":\"1\",\"event_time\":0}").version().eventTime());
    }

    @Test
    void readsEscapedNamesAndForeignLetters() {
        InventoryMessage message =
                decode(
                        "{\"product\\u005fid\":\"\\u00e9\\ud83d\\ude00-日本\",\"inventory\":[{\"warehouse_id\":\"Köln 1\"}]}");

        assertEquals("é😀-日本", message.productId());
        assertEquals("Köln 1", message.stockLevels().get(0).warehouseId());
    }

    @Test
    void countsCharactersNotBytesOfAName() {
        String longest = "😀".repeat(256);
        assertEquals(longest, decode("{\"product_id\":\"" + longest + "\"}").productId());
        assertEquals(
                "PRODUCT_ID_TOO_LONG",
                decode("{\"product_id\":\"" + longest + "x\"}").deadLetters().get(0).reason());
    }

    @Test
    void doesNotMixWarehousesThatShareASlotOfTheNamesKept() {
        // "Aa" and "BB" have the same hash.
        for (int i = 0; i < 3; i++) {
            InventoryMessage message =
                    decode(
                            "{\"product_id\":\"1\",\"inventory\":[{\"warehouse_id\":\"Aa\"},{\"warehouse_id\":\"BB\"},{\"warehouse_id\":\"AaBB\"},{\"warehouse_id\":\"BBAa\"}]}");
            assertEquals(
                    List.of("Aa", "BB", "AaBB", "BBAa"),
                    message.stockLevels().stream().map(StockLevel::warehouseId).toList());
        }
    }

    @Test
    void forgetsTheMessageBefore() {
        decode("{\"product_id\":\"1\",\"inventory\":[{\"warehouse_id\":\"A\",\"quantity\":5},{}]}");
        decode("{\"product_id\":\"1\",\"inventory\":[{\"warehouse_id\":\"A\",\"quantity\":5},{}");

        assertEquals("PRODUCT_ID_MISSING", decode("{}").deadLetters().get(0).reason());
        InventoryMessage message =
                decode("{\"product_id\":\"2\",\"inventory\":[{\"warehouse_id\":\"A\"}]}");
        assertEquals(0, message.stockLevels().get(0).quantity());
        assertEquals(List.of(), message.deadLetters());
    }

    @Test
    void survivesManyDifferentFieldNames() {
        for (int message = 0; message < 50; message++) {
            StringBuilder value = new StringBuilder("{\"product_id\":\"1\"");
            for (int i = 0; i < 5_000; i++) {
                value.append(",\"field-").append(message).append('-').append(i).append("\":1");
            }
            assertEquals("1", decode(value.append('}').toString()).productId());
        }
    }

    @Test
    void tellsTheSourceAndKeyOfADeadLetter() {
        InventoryMessage message =
                decoder.decode(
                        "k1".getBytes(UTF_8),
                        "[]".getBytes(UTF_8),
                        "inventory_raw",
                        2,
                        41,
                        TIMESTAMP);

        assertEquals(Kind.UNUSABLE, message.kind());
        assertNull(message.productId());
        assertNull(message.version());
        assertEquals(0, message.lines());
        assertEquals(
                List.of(
                        new DeadLetter(
                                "NOT_AN_OBJECT",
                                "",
                                "The document is a list; allowed: a JSON object.",
                                new Source("inventory_raw", 2, 41, TIMESTAMP),
                                "k1",
                                "[]",
                                "utf-8",
                                false,
                                TIMESTAMP)),
                message.deadLetters());
    }

    @Test
    void refusesLimitsThatNothingFits() {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new InventoryDecoder.Limits(2, 1, 0, 1))
                        .getMessage();
        assertTrue(message.contains("quantityMin <= quantityMax"), message);
    }
}
