package io.slackwater.pricing.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that are too large for their topic: what is cut, and that it says so. */
class OutputJsonRoomTest {

    /** What a topic with the least that is allowed takes, less the longest key. */
    private static final int LEAST = (16 << 10) - 512 - 128 - 2_100;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PriceJson prices = new PriceJson(true);
    private final AlertJson alerts = new AlertJson();
    private final RuleStatusJson statuses = new RuleStatusJson();
    private final DeadLetterJson letters = new DeadLetterJson();

    @Test
    void whatFitsIsNotTouched() {
        assertEquals(
                new String(letters.value(letter("k", "payload")), UTF_8),
                new String(letters.value(letter("k", "payload"), LEAST), UTF_8));
        assertEquals(
                new String(statuses.value(status("default", 3)), UTF_8),
                new String(statuses.value(status("default", 3), LEAST), UTF_8));
        assertEquals(
                new String(prices.value(price(2, 3)), UTF_8),
                new String(prices.value(price(2, 3), LEAST), UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "\u0001", "\"", "ä", "€", "😀", "a😀\n\\"})
    void aDeadLetterIsCutToTheRoomAndUsesIt(String unit) throws Exception {
        String payload = unit.repeat(128 << 10);
        for (int room : new int[] {LEAST, LEAST + 1, LEAST + 2, LEAST + 3, 64 << 10}) {
            byte[] value = letters.value(letter("k", payload), room);
            assertTrue(value.length <= room && value.length > room - 50, () -> "" + value.length);
            JsonNode read = JSON.readTree(value);
            assertTrue(read.get("truncated").asBoolean());
            assertTrue(payload.startsWith(read.get("payload").asText()), "cut through a letter");
        }
    }

    @Test
    void aCutPayloadInBase64CanBeRead() throws Exception {
        byte[] bytes = new byte[90_000];
        new Random(1).nextBytes(bytes);
        DeadLetter letter =
                letter("k", Base64.getEncoder().encodeToString(bytes), "base64", "message");
        JsonNode read = JSON.readTree(letters.value(letter, 64 << 10));
        byte[] decoded = Base64.getDecoder().decode(read.get("payload").asText());
        assertTrue(decoded.length > 40_000, () -> decoded.length + " bytes");
        for (int i = 0; i < decoded.length; i++) {
            assertEquals(bytes[i], decoded[i]);
        }
    }

    @Test
    void theWorstDeadLetterFitsIntoTheSmallestTopic() throws Exception {
        // Everything from outside is as long as the decoders let it be, and escaped.
        DeadLetter letter =
                letter("\u0001".repeat(1_024), "\u0001".repeat(1_000), "utf-8", "€".repeat(5_000));
        byte[] value = letters.value(letter, LEAST);
        assertTrue(value.length <= LEAST, () -> value.length + " bytes");
        assertTrue(JSON.readTree(value).get("truncated").asBoolean());
    }

    @Test
    void aDeadLetterAlwaysHasAKey() {
        assertEquals("k", new String(letters.key(letter("k", "x")), UTF_8));
        assertEquals("inventory_raw-3-17", new String(letters.key(letter(null, "x")), UTF_8));
    }

    @Test
    void aStatusLeavesOutReasonsAndSaysHowMany() throws Exception {
        byte[] value = statuses.value(status("default", 500), LEAST);
        assertTrue(value.length <= LEAST && value.length > LEAST - 400, () -> "" + value.length);
        JsonNode reasons = JSON.readTree(value).get("reasons");
        int told = reasons.size() - 1;
        assertEquals("/rules/" + (told - 1), reasons.get(told - 1).get("path").asText());
        assertEquals("TOO_MANY_FAULTS", reasons.get(told).get("reason").asText());
        assertTrue(
                reasons.get(told)
                        .get("message")
                        .asText()
                        .startsWith("And " + (500 - told) + " more"));
    }

    @Test
    void aStatusIsKeyedByBookAndVersion() {
        assertEquals("default|7", new String(statuses.key(status("default", 0)), UTF_8));
        assertEquals("a\\|b\\\\|7", new String(statuses.key(status("a|b\\", 0)), UTF_8));
    }

    @Test
    void aNameThatOnlyAKafkaKeyGaveIsCut() throws Exception {
        RuleStatus status = status("\u0001".repeat(900_000), 0);
        assertTrue(statuses.key(status).length <= 1_100);
        byte[] value = statuses.value(status, LEAST);
        assertTrue(value.length <= LEAST, () -> value.length + " bytes");
    }

    @Test
    void aPriceGivesUpItsTraceFirstAndThenItsSegments() throws Exception {
        JsonNode traced = JSON.readTree(prices.value(price(5_000, 3), LEAST));
        assertFalse(traced.has("trace"));
        assertEquals(3, traced.get("segment_prices").size());
        assertFalse(traced.has("truncated"));

        byte[] value = prices.value(price(5_000, 2_000), LEAST);
        assertTrue(value.length <= LEAST);
        JsonNode cut = JSON.readTree(value);
        assertFalse(cut.has("segment_prices"));
        assertTrue(cut.get("truncated").asBoolean());
        assertEquals(
                "8.00",
                cut.get("price").asText() + "0".repeat(4 - cut.get("price").asText().length()));
    }

    @Test
    void theLongestNamesFitIntoTheSmallestTopic() {
        PricingEvent event = price(0, 0);
        assertTrue(prices.value(event, LEAST).length <= LEAST);
        Map<String, String> details = new TreeMap<>();
        for (int i = 0; i < 12; i++) {
            details.put("detail" + i, NAME);
        }
        Alert alert =
                new Alert(Alert.Kind.UNPRICED, Alert.Severity.WARNING, NAME, NAME, 0, details);
        byte[] value = alerts.value(alert, LEAST);
        assertTrue(value.length <= LEAST, () -> value.length + " bytes");
    }

    /** 256 characters of four bytes each. */
    private static final String NAME = "😀".repeat(256);

    private static DeadLetter letter(String key, String payload) {
        return letter(key, payload, "utf-8", "message");
    }

    private static DeadLetter letter(String key, String payload, String encoding, String message) {
        return new DeadLetter(
                "QUANTITY_NOT_INTEGER",
                message.equals("message") ? "/quantity" : "/" + "\u0001".repeat(1_000),
                message,
                new Source("inventory_raw", 3, 17, 1_000),
                key,
                payload,
                encoding,
                false,
                1_000);
    }

    private static RuleStatus status(String bookId, int reasons) {
        return new RuleStatus(
                bookId,
                7L,
                RuleStatus.State.REJECTED,
                null,
                1_000L,
                IntStream.range(0, reasons)
                        .mapToObj(i -> new RuleStatus.Reason("UNKNOWN_KIND", "/rules/" + i, "No."))
                        .toList(),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static PricingEvent price(int steps, int segments) {
        Map<String, BigDecimal> prices = new TreeMap<>();
        for (int i = 0; i < segments; i++) {
            prices.put("segment" + i, new BigDecimal("7.20"));
        }
        return new PricingEvent(
                new StockLevel(NAME, NAME, 100, 3, -1, new StockVersion(1, 1, 2), 1),
                PricingEvent.Outcome.PRICED,
                PricingEvent.Published.PRICE,
                NAME,
                new BigDecimal("8.00"),
                prices,
                "EUR",
                3,
                null,
                null,
                Cause.INVENTORY,
                1,
                NAME + "@7",
                IntStream.range(0, steps)
                        .mapToObj(
                                i ->
                                        TraceStep.of(
                                                Step.QUANTITY_BANDS,
                                                "rule",
                                                "",
                                                null,
                                                BigDecimal.TEN,
                                                ""))
                        .toList());
    }
}
