package io.slackwater.pricing.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.InventoryMessage.Kind;
import io.slackwater.pricing.model.StockLevel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What must never restart the job, and what is said of it. */
public class InventoryPoisonTest {

    private static final long TIMESTAMP = Instants.parse("2026-11-21T08:00:05Z");
    private static final int KAFKA_MAX_MESSAGE = 1_048_576;
    private static final String GOOD =
            "{\"product_id\":\"12345\",\"name\":\"Lampe, weiß\",\"event_time\":\"2026-11-21T08:00:00Z\",\"inventory\":["
                    + "{\"warehouse_id\":\"WH1\",\"quantity\":100,\"delivery_time\":3,\"restocking_time\":7},"
                    + "{\"warehouse_id\":\"WH2\",\"quantity\":-5,\"delivery_time\":5}],"
                    + "\"physical_characteristics\":{\"weight\":0.33,\"tags\":[\"a\",null,true]}}";

    private final InventoryDecoder decoder =
            new InventoryDecoder(
                    new InventoryDecoder.Limits(-1_000, 1_000_000, 600_000, 1_000), true);
    private final DeadLetterJson letters = new DeadLetterJson();

    private InventoryMessage decode(byte[] key, byte[] value) {
        return decoder.decode(key, value, "inventory_raw", 0, 7, TIMESTAMP);
    }

    /** Name, value, reason and path of messages that are no use at all. */
    public static Stream<Arguments> messages() {
        String deep = "[".repeat(40) + "]".repeat(40);
        return Stream.of(
                // Not a document.
                arguments("empty", bytes(""), "EMPTY_DOCUMENT", ""),
                arguments("blank", bytes(" \t\r\n "), "BLANK_DOCUMENT", ""),
                arguments("null literal", bytes("null"), "NOT_AN_OBJECT", ""),
                arguments("list", bytes("[" + GOOD + "]"), "NOT_AN_OBJECT", ""),
                arguments("number", bytes("42"), "NOT_AN_OBJECT", ""),
                arguments("text", bytes("\"" + "x".repeat(9) + "\""), "NOT_AN_OBJECT", ""),
                arguments("plain words", bytes("hello world"), "MALFORMED_JSON", ""),
                arguments("xml", bytes("<inventory/>"), "MALFORMED_JSON", ""),
                arguments("csv", bytes("12345;WH1;100"), "MALFORMED_JSON", ""),
                arguments("jndi", bytes("${jndi:ldap://x}"), "MALFORMED_JSON", ""),
                arguments("gzip", gzip(GOOD), "COMPRESSED", ""),
                arguments(
                        "zstd",
                        new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 4, 0},
                        "COMPRESSED",
                        ""),
                arguments("avro header", new byte[] {0, 0, 0, 0, 17, 12}, "UTF_16_OR_32", ""),
                arguments(
                        "too large",
                        bytes(padded(Documents.MAX_BYTES + 1)),
                        "DOCUMENT_TOO_LARGE",
                        ""),
                // Not UTF-8.
                arguments("byte order mark", bytes("\uFEFF" + GOOD), "BYTE_ORDER_MARK", ""),
                arguments("UTF-16 BE", GOOD.getBytes(UTF_16BE), "UTF_16_OR_32", ""),
                arguments("UTF-16 LE", GOOD.getBytes(UTF_16LE), "UTF_16_OR_32", ""),
                arguments("UTF-16 marked", bytes("\uFEFF" + GOOD, UTF_16LE), "UTF_16_OR_32", ""),
                arguments("UTF-32", GOOD.getBytes(Charset.forName("UTF-32")), "UTF_16_OR_32", ""),
                arguments(
                        "UTF-32 LE",
                        GOOD.getBytes(Charset.forName("UTF-32LE")),
                        "UTF_16_OR_32",
                        ""),
                arguments("Latin-1", GOOD.getBytes(ISO_8859_1), "INVALID_UTF_8", ""),
                arguments(
                        "overlong slash",
                        raw("{\"product_id\":\"", 0xC0, 0xAF),
                        "INVALID_UTF_8",
                        ""),
                arguments(
                        "overlong 3",
                        raw("{\"product_id\":\"", 0xE0, 0x80, 0xAF),
                        "INVALID_UTF_8",
                        ""),
                arguments(
                        "overlong 4",
                        raw("{\"product_id\":\"", 0xF0, 0x80, 0x80, 0xAF),
                        "INVALID_UTF_8",
                        ""),
                arguments(
                        "surrogate bytes",
                        raw("{\"product_id\":\"", 0xED, 0xA0, 0x80),
                        "INVALID_UTF_8",
                        ""),
                arguments(
                        "above 10FFFF",
                        raw("{\"product_id\":\"", 0xF4, 0x90, 0x80, 0x80),
                        "INVALID_UTF_8",
                        ""),
                arguments(
                        "lone continuation", raw("{\"product_id\":\"", 0x80), "INVALID_UTF_8", ""),
                arguments(
                        "invalid in unknown",
                        raw("{\"product_id\":\"1\",\"x\":\"", 0xFF),
                        "INVALID_UTF_8",
                        ""),
                arguments("cut character", Arrays.copyOf(bytes("{\"é"), 3), "INVALID_UTF_8", ""),
                // Not strict JSON.
                arguments("cut", bytes(GOOD.substring(0, 60)), "TRUNCATED_DOCUMENT", "/event_time"),
                arguments("open object", bytes("{"), "TRUNCATED_DOCUMENT", ""),
                arguments("open name", bytes("{\"prod"), "TRUNCATED_DOCUMENT", ""),
                arguments(
                        "cut in a line",
                        bytes("{\"product_id\":\"1\",\"inventory\":[{\"quantity\":1"),
                        "TRUNCATED_DOCUMENT",
                        "/inventory/0/quantity"),
                arguments("trailing text", bytes(GOOD + " x"), "TRAILING_DATA", ""),
                arguments("trailing brace", bytes(GOOD + "}"), "TRAILING_DATA", ""),
                arguments("two documents", bytes(GOOD + "\n" + GOOD), "TRAILING_DATA", ""),
                arguments("trailing NUL", bytes(GOOD + "\0"), "TRAILING_DATA", ""),
                arguments("trailing comment", bytes(GOOD + "// x"), "TRAILING_DATA", ""),
                arguments("line comment", bytes("{// x\n\"product_id\":\"1\"}"), "COMMENT", ""),
                arguments(
                        "block comment",
                        bytes("{\"product_id\":/* x */\"1\"}"),
                        "COMMENT",
                        "/product_id"),
                arguments(
                        "hash comment", bytes("{# x\n\"product_id\":\"1\"}"), "MALFORMED_JSON", ""),
                arguments("NaN", bytes("{\"product_id\":\"1\",\"x\":NaN}"), "NOT_A_NUMBER", "/x"),
                arguments(
                        "-Infinity",
                        bytes("{\"product_id\":\"1\",\"x\":-Infinity}"),
                        "NOT_A_NUMBER",
                        "/x"),
                arguments(
                        "Infinity",
                        line("\"warehouse_id\":\"A\",\"quantity\":Infinity"),
                        "NOT_A_NUMBER",
                        "/inventory/0/quantity"),
                arguments("single quotes", bytes("{'product_id':'1'}"), "MALFORMED_JSON", ""),
                arguments("bare name", bytes("{product_id:\"1\"}"), "MALFORMED_JSON", ""),
                arguments(
                        "trailing comma",
                        bytes("{\"product_id\":\"1\",}"),
                        "MALFORMED_JSON",
                        "/product_id"),
                arguments(
                        "missing value",
                        bytes("{\"product_id\":,\"x\":1}"),
                        "MALFORMED_JSON",
                        "/product_id"),
                arguments(
                        "leading zero",
                        line("\"quantity\":007"),
                        "MALFORMED_JSON",
                        "/inventory/0/quantity"),
                arguments(
                        "leading plus",
                        line("\"quantity\":+7"),
                        "MALFORMED_JSON",
                        "/inventory/0/quantity"),
                arguments(
                        "hexadecimal",
                        line("\"quantity\":0x7"),
                        "MALFORMED_JSON",
                        "/inventory/0/quantity"),
                arguments(
                        "raw control",
                        bytes("{\"product_id\":\"a\nb\"}"),
                        "MALFORMED_JSON",
                        "/product_id"),
                arguments(
                        "raw NUL",
                        bytes("{\"product_id\":\"a\0b\"}"),
                        "MALFORMED_JSON",
                        "/product_id"),
                arguments(
                        "bad escape",
                        bytes("{\"product_id\":\"\\x41\"}"),
                        "MALFORMED_JSON",
                        "/product_id"),
                arguments(
                        "wrong bracket",
                        bytes("{\"product_id\":\"1\",\"inventory\":[}"),
                        "MALFORMED_JSON",
                        "/inventory"),
                // Limits.
                arguments(
                        "too deep",
                        bytes("{\"x\":" + deep + "}"),
                        "NESTING_TOO_DEEP",
                        "/x" + "/0".repeat(31)),
                arguments(
                        "product of a megabyte",
                        bytes("{\"product_id\":\"" + "x".repeat(1_000_000) + "\"}"),
                        "PRODUCT_ID_TOO_LONG",
                        "/product_id"),
                arguments(
                        "product of a megabyte of digits",
                        bytes("{\"product_id\":" + "9".repeat(1_000_000) + "}"),
                        "PRODUCT_ID_NOT_TEXT",
                        "/product_id"),
                arguments(
                        "time as long as a story",
                        event("\"" + "2026".repeat(200_000) + "\""),
                        "EVENT_TIME_NOT_A_TIME",
                        "/event_time"),
                arguments(
                        "time of a megabyte of digits",
                        event("9".repeat(1_000_000)),
                        "EVENT_TIME_OUT_OF_RANGE",
                        "/event_time"),
                arguments(
                        "too many warehouses",
                        bytes(
                                "{\"product_id\":\"1\",\"inventory\":["
                                        + "{},".repeat(1_000)
                                        + "{}]}"),
                        "TOO_MANY_WAREHOUSES",
                        "/inventory"),
                // Fields twice.
                arguments(
                        "product_id twice",
                        bytes("{\"product_id\":\"1\",\"product_id\":\"1\"}"),
                        "DUPLICATE_FIELD",
                        "/product_id"),
                arguments(
                        "escaped twice",
                        bytes("{\"product_id\":\"1\",\"product\\u005fid\":\"2\"}"),
                        "DUPLICATE_FIELD",
                        "/product_id"),
                arguments(
                        "event_time twice",
                        bytes("{\"event_time\":1,\"event_time\":2}"),
                        "DUPLICATE_FIELD",
                        "/event_time"),
                arguments(
                        "inventory twice",
                        bytes("{\"inventory\":[],\"inventory\":[]}"),
                        "DUPLICATE_FIELD",
                        "/inventory"),
                // Product.
                arguments("no product", bytes("{\"inventory\":[]}"), "PRODUCT_ID_MISSING", ""),
                arguments(
                        "product null",
                        bytes("{\"product_id\":null}"),
                        "PRODUCT_ID_NOT_TEXT",
                        "/product_id"),
                arguments(
                        "product number",
                        bytes("{\"product_id\":12345}"),
                        "PRODUCT_ID_NOT_TEXT",
                        "/product_id"),
                arguments(
                        "product list",
                        bytes("{\"product_id\":[\"1\"]}"),
                        "PRODUCT_ID_NOT_TEXT",
                        "/product_id"),
                arguments(
                        "product empty",
                        bytes("{\"product_id\":\"\"}"),
                        "PRODUCT_ID_BLANK",
                        "/product_id"),
                arguments(
                        "product blank",
                        bytes("{\"product_id\":\" \u00A0\u3000\"}"),
                        "PRODUCT_ID_BLANK",
                        "/product_id"),
                arguments(
                        "product long",
                        bytes("{\"product_id\":\"" + "x".repeat(257) + "\"}"),
                        "PRODUCT_ID_TOO_LONG",
                        "/product_id"),
                arguments(
                        "product NUL",
                        bytes("{\"product_id\":\"a\\u0000\"}"),
                        "PRODUCT_ID_CONTROL_CHARACTER",
                        "/product_id"),
                arguments(
                        "product newline",
                        bytes("{\"product_id\":\"a\\r\\nb\"}"),
                        "PRODUCT_ID_CONTROL_CHARACTER",
                        "/product_id"),
                arguments(
                        "product C1",
                        bytes("{\"product_id\":\"a\u009Bb\"}"),
                        "PRODUCT_ID_CONTROL_CHARACTER",
                        "/product_id"),
                arguments(
                        "product DEL",
                        bytes("{\"product_id\":\"a\u007F\"}"),
                        "PRODUCT_ID_CONTROL_CHARACTER",
                        "/product_id"),
                arguments(
                        "high surrogate",
                        bytes("{\"product_id\":\"a\\ud800\"}"),
                        "PRODUCT_ID_UNPAIRED_SURROGATE",
                        "/product_id"),
                arguments(
                        "low surrogate",
                        bytes("{\"product_id\":\"\\udc00a\"}"),
                        "PRODUCT_ID_UNPAIRED_SURROGATE",
                        "/product_id"),
                // Time.
                arguments(
                        "time in words",
                        event("\"yesterday\""),
                        "EVENT_TIME_NOT_A_TIME",
                        "/event_time"),
                arguments(
                        "time without offset",
                        event("\"2026-11-21T08:00:00\""),
                        "EVENT_TIME_NOT_A_TIME",
                        "/event_time"),
                arguments(
                        "time 24:00",
                        event("\"2026-11-20T24:00:00Z\""),
                        "EVENT_TIME_NOT_A_TIME",
                        "/event_time"),
                arguments("time null", event("null"), "EVENT_TIME_NOT_A_TIME", "/event_time"),
                arguments("time fraction", event("1.5"), "EVENT_TIME_NOT_A_TIME", "/event_time"),
                arguments(
                        "time as text of digits",
                        event("\"1795248000000\""),
                        "EVENT_TIME_NOT_A_TIME",
                        "/event_time"),
                arguments("time object", event("{}"), "EVENT_TIME_NOT_A_TIME", "/event_time"),
                arguments(
                        "time before 1970",
                        event("\"1969-12-31T23:59:59Z\""),
                        "EVENT_TIME_OUT_OF_RANGE",
                        "/event_time"),
                arguments("time negative", event("-1"), "EVENT_TIME_OUT_OF_RANGE", "/event_time"),
                arguments(
                        "time huge",
                        event("9".repeat(40)),
                        "EVENT_TIME_OUT_OF_RANGE",
                        "/event_time"),
                arguments(
                        "time Long.MIN",
                        event("-9223372036854775808"),
                        "EVENT_TIME_OUT_OF_RANGE",
                        "/event_time"),
                arguments(
                        "time microseconds",
                        event("1795248000000000"),
                        "EVENT_TIME_OUT_OF_RANGE",
                        "/event_time"),
                arguments(
                        "time next year",
                        event("\"2027-11-21T08:00:00Z\""),
                        "EVENT_TIME_IN_FUTURE",
                        "/event_time"),
                // Inventory.
                arguments(
                        "inventory null",
                        bytes("{\"product_id\":\"1\",\"inventory\":null}"),
                        "INVENTORY_NOT_A_LIST",
                        "/inventory"),
                arguments(
                        "inventory object",
                        bytes("{\"product_id\":\"1\",\"inventory\":{}}"),
                        "INVENTORY_NOT_A_LIST",
                        "/inventory"),
                arguments(
                        "inventory text",
                        bytes("{\"product_id\":\"1\",\"inventory\":\"[]\"}"),
                        "INVENTORY_NOT_A_LIST",
                        "/inventory"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void makesOneDeadLetterOfAnUnusableMessage(
            String name, byte[] value, String reason, String path) {
        InventoryMessage message = decode(null, value);

        assertEquals(Kind.UNUSABLE, message.kind());
        assertEquals(0, message.lines());
        assertEquals(0, message.stockLevels().size());
        assertEquals(1, message.deadLetters().size());
        DeadLetter letter = message.deadLetters().get(0);
        assertEquals(reason, letter.reason(), letter.message());
        assertEquals(path, letter.path(), letter.message());
        checkPublishable(letter);
        assertPayloadIs(value, letter);
    }

    static Stream<Arguments> lines() {
        return Stream.of(
                arguments("null", "LINE_NOT_AN_OBJECT", ""),
                arguments("7", "LINE_NOT_AN_OBJECT", ""),
                arguments("\"WH1\"", "LINE_NOT_AN_OBJECT", ""),
                arguments("[{\"warehouse_id\":\"A\"}]", "LINE_NOT_AN_OBJECT", ""),
                arguments("{}", "WAREHOUSE_ID_MISSING", ""),
                arguments("{\"quantity\":1}", "WAREHOUSE_ID_MISSING", ""),
                arguments("{\"warehouse_id\":null}", "WAREHOUSE_ID_NOT_TEXT", "/warehouse_id"),
                arguments(
                        "{\"warehouse_id\":{\"a\":[1]}}", "WAREHOUSE_ID_NOT_TEXT", "/warehouse_id"),
                arguments("{\"warehouse_id\":\"\"}", "WAREHOUSE_ID_BLANK", "/warehouse_id"),
                arguments(
                        "{\"warehouse_id\":\"\\t\"}",
                        "WAREHOUSE_ID_CONTROL_CHARACTER",
                        "/warehouse_id"),
                arguments(
                        "{\"warehouse_id\":\"\\ud83d\"}",
                        "WAREHOUSE_ID_UNPAIRED_SURROGATE",
                        "/warehouse_id"),
                arguments(
                        "{\"warehouse_id\":\"" + "w".repeat(257) + "\"}",
                        "WAREHOUSE_ID_TOO_LONG",
                        "/warehouse_id"),
                arguments(
                        "{\"warehouse_id\":\"" + "w".repeat(9_000) + "\"}",
                        "WAREHOUSE_ID_TOO_LONG",
                        "/warehouse_id"),
                arguments(
                        "{\"warehouse_id\":" + "9".repeat(9_000) + "}",
                        "WAREHOUSE_ID_NOT_TEXT",
                        "/warehouse_id"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":" + "9".repeat(41) + "}",
                        "QUANTITY_OUT_OF_RANGE",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":-" + "9".repeat(100_000) + "}",
                        "QUANTITY_OUT_OF_RANGE",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":1." + "0".repeat(9_000) + "}",
                        "QUANTITY_NOT_INTEGER",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":\"" + "9".repeat(9_000) + "\"}",
                        "QUANTITY_NOT_INTEGER",
                        "/quantity"),
                arguments(
                        "{\"restocking_time\":\"\",\"warehouse_id\":\"A\",\"quantity\":null}",
                        "QUANTITY_NOT_INTEGER",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"warehouse_id\":\"A\"}",
                        "DUPLICATE_FIELD",
                        "/warehouse_id"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":1,\"quantity\":[2]}",
                        "DUPLICATE_FIELD",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":null}",
                        "QUANTITY_NOT_INTEGER",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":1.0}",
                        "QUANTITY_NOT_INTEGER",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":1e2}",
                        "QUANTITY_NOT_INTEGER",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":1e999999999}",
                        "QUANTITY_NOT_INTEGER",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":\"100\"}",
                        "QUANTITY_NOT_INTEGER",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":true}",
                        "QUANTITY_NOT_INTEGER",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":[1]}",
                        "QUANTITY_NOT_INTEGER",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":1000001}",
                        "QUANTITY_OUT_OF_RANGE",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":-1001}",
                        "QUANTITY_OUT_OF_RANGE",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":9223372036854775808}",
                        "QUANTITY_OUT_OF_RANGE",
                        "/quantity"),
                arguments(
                        "{\"warehouse_id\":\"A\",\"quantity\":18446744073709551616}",
                        "QUANTITY_OUT_OF_RANGE",
                        "/quantity"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void makesOneDeadLetterOfABadLineAndKeepsTheOthers(String line, String reason, String path) {
        String before = "{\"warehouse_id\":\"before\",\"quantity\":1}";
        String after = "{\"warehouse_id\":\"after\",\"quantity\":2}";
        String value =
                "{\"inventory\": ["
                        + before
                        + ", "
                        + line
                        + " ,"
                        + after
                        + "], \"product_id\":\"1\"}";
        InventoryMessage message = decode(null, bytes(value));

        assertEquals(Kind.PARTIAL, message.kind());
        assertEquals(3, message.lines());
        assertEquals(2, message.stockLevels().size());
        assertEquals(1, message.stockLevels().get(0).quantity());
        assertEquals(2, message.stockLevels().get(1).quantity());
        assertEquals(1, message.deadLetters().size());
        DeadLetter letter = message.deadLetters().get(0);
        assertEquals(reason, letter.reason());
        assertEquals("/inventory/1" + path, letter.path());
        assertEquals(line, letter.payload());
        assertFalse(letter.truncated());
        checkPublishable(letter);
    }

    static Stream<Arguments> optionalFields() {
        return Stream.of(
                arguments("delivery_time", "\"\"", "NOT_INTEGER"),
                arguments("delivery_time", "\"3\"", "NOT_INTEGER"),
                arguments("delivery_time", "\"soon\"", "NOT_INTEGER"),
                arguments("delivery_time", "true", "NOT_INTEGER"),
                arguments("delivery_time", "[3]", "NOT_INTEGER"),
                arguments("delivery_time", "{\"days\":3}", "NOT_INTEGER"),
                arguments("delivery_time", "-1", "OUT_OF_RANGE"),
                arguments("delivery_time", "36501", "OUT_OF_RANGE"),
                arguments("delivery_time", "4294967296", "OUT_OF_RANGE"),
                arguments("restocking_time", "\"\"", "NOT_INTEGER"),
                arguments("restocking_time", "\"" + "x".repeat(9_000) + "\"", "NOT_INTEGER"),
                arguments("restocking_time", "2.5", "NOT_INTEGER"),
                arguments("restocking_time", "7.0", "NOT_INTEGER"),
                arguments("restocking_time", "-7", "OUT_OF_RANGE"),
                arguments("restocking_time", "9".repeat(41), "OUT_OF_RANGE"),
                arguments("restocking_time", "9".repeat(100_000), "OUT_OF_RANGE"));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("optionalFields")
    void makesADeadLetterOfAnOptionalFieldAndKeepsItsLine(
            String field, String value, String reason) {
        String other = field.equals("delivery_time") ? "restocking_time" : "delivery_time";
        String line =
                "{\"%s\":%s,\"warehouse_id\":\"A\",\"quantity\":0,\"%s\":4}"
                        .formatted(field, value, other);
        InventoryMessage message =
                decode(
                        null,
                        bytes(
                                "{\"product_id\":\"1\",\"inventory\":[{\"warehouse_id\":\"B\"}, "
                                        + line
                                        + "]}"));

        assertEquals(Kind.COMPLETE, message.kind());
        assertEquals(2, message.lines());
        assertEquals(2, message.stockLevels().size());
        StockLevel level = message.stockLevels().get(1);
        assertEquals("A", level.warehouseId());
        assertEquals(0, level.quantity());
        boolean delivery = field.equals("delivery_time");
        assertEquals(delivery ? StockLevel.ABSENT : 4, level.deliveryTime());
        assertEquals(delivery ? 4 : StockLevel.ABSENT, level.restockingTime());
        assertEquals(1, message.deadLetters().size());
        DeadLetter letter = message.deadLetters().get(0);
        assertEquals(field.toUpperCase(Locale.ROOT) + "_" + reason, letter.reason());
        assertEquals("/inventory/1/" + field, letter.path());
        assertEquals(line, letter.payload());
        checkPublishable(letter);
    }

    @Test
    void tellsBothOptionalFieldsOfALine() {
        InventoryMessage message =
                decode(
                        null,
                        line(
                                "\"warehouse_id\":\"A\",\"restocking_time\":\"\",\"delivery_time\":3,\"delivery_time\":4"));

        assertEquals(Kind.COMPLETE, message.kind());
        assertEquals(StockLevel.ABSENT, message.stockLevels().get(0).deliveryTime());
        assertEquals(
                List.of(
                        "RESTOCKING_TIME_NOT_INTEGER /inventory/0/restocking_time",
                        "DUPLICATE_FIELD /inventory/0/delivery_time"),
                message.deadLetters().stream().map(l -> l.reason() + " " + l.path()).toList());
    }

    @Test
    void tellsALineOfAWarehouseNamedTwiceOnceWhateverItsFieldsAre() {
        String bad = "{\"warehouse_id\":\"A\",\"restocking_time\":\"\"}";
        InventoryMessage message =
                decode(
                        null,
                        bytes(
                                "{\"product_id\":\"1\",\"inventory\":["
                                        + bad
                                        + ",{\"warehouse_id\":\"B\"},"
                                        + bad
                                        + "]}"));

        assertEquals(1, message.stockLevels().size());
        assertEquals(
                List.of("WAREHOUSE_NAMED_TWICE", "WAREHOUSE_NAMED_TWICE"),
                message.deadLetters().stream().map(DeadLetter::reason).toList());
    }

    /** What stands where nobody reads, in the message and in a line. */
    static Stream<String> whatNobodyReads() {
        return Stream.of(
                "\"weight\":0.1000000000000000055511151231257827021181583404541015625",
                "\"weight\":" + "9".repeat(400_000),
                "\"weight\":1e99999999999",
                "\"description\":\"" + "x".repeat(8_193) + "\"",
                "\"description\":\"" + "é".repeat(200_000) + "\"",
                "\"tags\":[\"" + "é".repeat(8_193) + "\",{\"a\":1,\"a\":2}]",
                "\"" + "n".repeat(129) + "\":1",
                "\"" + "n".repeat(400_000) + "\":1",
                "\"deep\":" + "[".repeat(29) + "]".repeat(29),
                "\"text\":\"\\ud800\\u0000\"",
                "\"x\":1,\"x\":2");
    }

    @ParameterizedTest
    @MethodSource("whatNobodyReads")
    void takesAMessageWhateverStandsWhereNobodyReads(String field) {
        String line = "{" + field + ",\"warehouse_id\":\"A\",\"quantity\":7}";
        InventoryMessage message =
                decode(
                        null,
                        bytes("{\"product_id\":\"1\",\"inventory\":[" + line + "]," + field + "}"));

        assertEquals(List.of(), message.deadLetters());
        assertEquals(7, message.stockLevels().get(0).quantity());
    }

    @Test
    void doesNotKeepLongNamesFromMessageToMessage() {
        long before = usedMegabytes();
        for (int i = 0; i < 200; i++) {
            String name = i + "n".repeat(1_000_000);
            InventoryMessage message =
                    decode(null, bytes("{\"" + name + "\":1,\"product_id\":\"1\"}"));
            assertEquals("1", message.productId());
        }
        // The names are 200 MB, and the parser's table would hold each twice.
        long kept = usedMegabytes() - before;
        assertTrue(kept < 100, "kept " + kept + " MB");
        assertEquals(Kind.COMPLETE, decode(null, bytes(GOOD)).kind());
    }

    private static long usedMegabytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    }

    static Stream<Arguments> tombstones() {
        return Stream.of(
                arguments("no key", null, "TOMBSTONE_WITHOUT_KEY"),
                arguments("empty key", new byte[0], "KEY_BLANK"),
                arguments("Latin-1 key", "weiß".getBytes(ISO_8859_1), "KEY_NOT_UTF_8"),
                arguments("control in key", bytes("a\nb"), "KEY_CONTROL_CHARACTER"),
                arguments("long key", bytes("k".repeat(5_000)), "KEY_TOO_LONG"),
                arguments("empty JSON text", bytes("\"\""), "KEY_BLANK"),
                arguments("control in JSON text", bytes("\"a\\nb\""), "KEY_CONTROL_CHARACTER"),
                arguments("another object", bytes("{\"id\":\"1\"}"), "KEY_WITHOUT_PRODUCT_ID"),
                arguments(
                        "null in an object",
                        bytes("{\"product_id\":null}"),
                        "KEY_WITHOUT_PRODUCT_ID"),
                arguments(
                        "envelope of another object",
                        bytes("{\"schema\":{},\"payload\":{\"id\":\"1\"}}"),
                        "KEY_WITHOUT_PRODUCT_ID"),
                arguments(
                        "envelope of null",
                        bytes("{\"schema\":null,\"payload\":null}"),
                        "TOMBSTONE_WITHOUT_KEY"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tombstones")
    void refusesATombstoneThatNamesNoProduct(String name, byte[] key, String reason) {
        InventoryMessage message = decode(key, null);

        assertEquals(Kind.UNUSABLE, message.kind());
        DeadLetter letter = message.deadLetters().get(0);
        assertEquals(reason, letter.reason());
        assertEquals("", letter.path());
        assertNull(letter.payload());
        checkPublishable(letter);
    }

    @Test
    void refusesARecordWithoutATimestamp() {
        for (long timestamp : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            InventoryMessage message =
                    decoder.decode(null, bytes(GOOD), "inventory_raw", 0, 7, timestamp);
            DeadLetter letter = message.deadLetters().get(0);
            assertEquals("RECORD_TIMESTAMP_INVALID", letter.reason());
            assertTrue(letter.failedAt() >= 0 && letter.failedAt() <= Instants.MAX);
            checkPublishable(letter);
        }
    }

    @Test
    void cutsADeadLetterThatCouldNotBePublished() {
        for (String filler : new String[] {"\u0001", "\u00E9", "\u20AC", "😀", "\"", "\u007F"}) {
            byte[] value = bytes("x" + filler.repeat(1_100_000 / bytes(filler).length));
            DeadLetter letter = decode(bytes("\u0001".repeat(9_999)), value).deadLetters().get(0);
            assertEquals("DOCUMENT_TOO_LARGE", letter.reason());
            assertTrue(letter.truncated());
            assertEquals("utf-8", letter.payloadEncoding());
            checkPublishable(letter);
        }
        byte[] random = new byte[4_000_000];
        new Random(1).nextBytes(random);
        DeadLetter letter = decode(random, random).deadLetters().get(0);
        assertEquals("base64", letter.payloadEncoding());
        checkPublishable(letter);
    }

    @Test
    void boundsWhatManyBadLinesOfOneMessageBecome() {
        // 1,000 lines of which each is bad, in a message close to the limit.
        String filler = "\\u0001".repeat(150);
        String line = "{\"warehouse_id\":\"" + filler + "\"},";
        StringBuilder value = new StringBuilder("{\"product_id\":\"1\",\"inventory\":[");
        value.append(line.repeat(1_000)).setLength(value.length() - 1);
        byte[] document = bytes(value.append("]}").toString());
        assertTrue(document.length < Documents.MAX_BYTES);

        InventoryMessage message = decode(null, document);
        assertEquals(1_000, message.deadLetters().size());
        long published = 0;
        for (DeadLetter letter : message.deadLetters()) {
            published += letters.value(letter).length;
            checkPublishable(letter);
        }
        assertTrue(published < 2L * document.length + 1_000 * 600L, "published " + published);
    }

    @Test
    void cutsABadLineThatIsNearlyTheWholeMessage() {
        String list = "[" + "\"\\u0001\",".repeat(100_000) + "1]";
        DeadLetter letter =
                decode(null, bytes("{\"product_id\":\"1\",\"inventory\":[" + list + "]}"))
                        .deadLetters()
                        .get(0);
        assertEquals("LINE_NOT_AN_OBJECT", letter.reason());
        assertTrue(letter.truncated());
        checkPublishable(letter);
    }

    @Test
    void keepsItsWordUnderRandomMutations() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] good = bytes(GOOD);
        int unusable = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] value = mutate(random, good);
            InventoryMessage message = decode(null, value);
            String context = "seed " + seed + ", mutation " + i;
            long deadLines =
                    message.deadLetters().stream()
                            .map(DeadLetter::path)
                            .filter(path -> path.startsWith("/inventory/"))
                            .filter(path -> !path.matches(".*/(delivery|restocking)_time"))
                            .count();
            if (message.kind() != Kind.UNUSABLE) {
                assertEquals(message.lines(), message.stockLevels().size() + deadLines, context);
            }
            if (message.kind() == Kind.UNUSABLE) {
                assertEquals(1, message.deadLetters().size(), context);
                unusable++;
            } else {
                assertNull(Texts.fault(message.productId()), context);
            }
            for (DeadLetter letter : message.deadLetters()) {
                assertFalse(letter.reason().isEmpty(), context);
                assertNoControlCharacters(letter.message());
                if (i % 16 == 0) {
                    checkPublishable(letter);
                }
            }
        }
        System.out.println("unusable " + unusable + " of 200000");
        assertEquals(Kind.COMPLETE, decode(null, good).kind());
    }

    /** Bit flips, cuts, inserts, doublings and foreign bytes, one or two of them. */
    private static byte[] mutate(Random random, byte[] good) {
        byte[] value = good.clone();
        for (int n = 1 + random.nextInt(2); n > 0 && value.length > 1; n--) {
            int at = random.nextInt(value.length);
            int to = at + random.nextInt(Math.min(40, value.length - at));
            switch (random.nextInt(6)) {
                case 0 -> value[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> value[at] = (byte) random.nextInt(256);
                case 2 -> value = Arrays.copyOf(value, at + 1);
                case 3 -> value = splice(value, at, to, new byte[0]);
                case 4 -> value = splice(value, at, at, Arrays.copyOfRange(value, at, to));
                default -> value = splice(value, at, at, SNIPPETS[random.nextInt(SNIPPETS.length)]);
            }
        }
        return value;
    }

    private static final byte[][] SNIPPETS =
            Stream.of(
                            "\"",
                            "{",
                            "}",
                            "[",
                            "]",
                            ",",
                            ":",
                            "\\",
                            "\\u0000",
                            "\\ud800",
                            "null",
                            "1e999999999",
                            "NaN",
                            "-",
                            "0",
                            "é",
                            "\uFEFF",
                            "\"quantity\":",
                            "//",
                            "99999999999999999999",
                            "\"product_id\":\"x\",",
                            "\n",
                            "\0")
                    .map(InventoryPoisonTest::bytes)
                    .toArray(byte[][]::new);

    private static byte[] splice(byte[] value, int from, int to, byte[] insert) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(value, 0, from);
        out.writeBytes(insert);
        out.write(value, to, value.length - to);
        return out.toByteArray();
    }

    private void checkPublishable(DeadLetter letter) {
        byte[] published = letters.value(letter);
        assertTrue(published.length < 1_000_000, letter.reason() + " has " + published.length);
        assertTrue(published.length < KAFKA_MAX_MESSAGE);
        assertNoControlCharacters(letter.message());
        assertNoControlCharacters(letter.path());
        assertTrue(letter.message().length() <= 500, letter.message());
        assertTrue(letter.message().endsWith("."), letter.message());
    }

    private static void assertNoControlCharacters(String text) {
        assertTrue(text.chars().noneMatch(Character::isISOControl), text);
    }

    private static void assertPayloadIs(byte[] value, DeadLetter letter) {
        byte[] payload =
                letter.payloadEncoding().equals("utf-8")
                        ? bytes(letter.payload())
                        : Base64.getDecoder().decode(letter.payload());
        assertEquals(value.length > DeadLetters.MAX_PAYLOAD, letter.truncated());
        if (!letter.truncated()) {
            assertTrue(Arrays.equals(value, payload), letter.payload());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] bytes(String text, Charset charset) {
        return text.getBytes(charset);
    }

    private static byte[] raw(String start, int... bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes(start));
        for (int b : bytes) {
            out.write(b);
        }
        out.writeBytes(bytes("\"}"));
        return out.toByteArray();
    }

    private static byte[] line(String fields) {
        return bytes("{\"product_id\":\"1\",\"inventory\":[{" + fields + "}]}");
    }

    private static byte[] event(String time) {
        return bytes("{\"product_id\":\"1\",\"event_time\":" + time + "}");
    }

    private static String padded(int length) {
        return GOOD + " ".repeat(length - bytes(GOOD).length);
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes(text));
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return out.toByteArray();
    }
}
