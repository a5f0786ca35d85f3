package io.slackwater.pricing.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutputJsonTest {

    private static final long TIME = Instants.parse("2026-11-21T08:00:00Z");

    private final PriceJson prices = new PriceJson(false);
    private final PriceJson traced = new PriceJson(true);
    private final MetricJson metrics = new MetricJson();
    private final AlertJson alerts = new AlertJson();
    private final RuleStatusJson statuses = new RuleStatusJson();
    private final DeadLetterJson letters = new DeadLetterJson();

    private static PricingEvent event(
            String product, String warehouse, BigDecimal price, BigDecimal previous) {
        return new PricingEvent(
                new StockLevel(
                        product, warehouse, 100, 3, -1, new StockVersion(TIME, 1, 2), TIME + 9),
                PricingEvent.Outcome.PRICED,
                PricingEvent.Published.PRICE,
                "standard",
                price,
                java.util.Map.of(),
                "EUR",
                3,
                previous,
                "EUR",
                Cause.INVENTORY,
                TIME,
                "default@7",
                List.of());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    @Test
    void writesThePriceOfTheContract() {
        PricingEvent event = event("12345", "WH1", new BigDecimal("8.00"), new BigDecimal("10.00"));

        assertEquals("12345|WH1", text(prices.key(event)));
        assertEquals(
                "{\"product_id\":\"12345\",\"warehouse_id\":\"WH1\",\"quantity\":100,\"price_tier\":\"standard\",\"price\":8.00,\"currency\":\"EUR\","
                        + "\"price_version\":3,\"previous_price\":10.00,\"cause\":\"inventory\",\"event_time\":\"2026-11-21T08:00:00.000Z\","
                        + "\"effective_at\":\"2026-11-21T08:00:00.000Z\",\"rule_book\":\"default@7\"}",
                text(prices.value(event)));
    }

    @Test
    void writesThePricesOfSegmentsInAlphabeticalOrder() {
        PricingEvent event = event("12345", "WH1", new BigDecimal("8.00"), null);
        Map<String, BigDecimal> segments = new HashMap<>();
        for (String segment : List.of("staff", "loyal", "a \"quoted\" one")) {
            segments.put(segment, new BigDecimal("7.20"));
        }

        assertEquals(
                text(prices.value(event)).replace("}", "")
                        + ",\"segment_prices\":{\"a \\\"quoted\\\" one\":7.20,\"loyal\":7.20,\"staff\":7.20}}",
                text(prices.value(withSegments(event, segments))));
    }

    @Test
    void writesTheTraceWhereItIsAskedFor() {
        PricingEvent event = event("12345", "WH1", new BigDecimal("8.00"), null);
        assertEquals(text(prices.value(event)), text(traced.value(event)));

        BigDecimal ten = new BigDecimal("10.00");
        PricingEvent steps =
                withTrace(
                        event,
                        List.of(
                                TraceStep.of(Step.BASE, "tier:\"a\"", "", null, ten, ""),
                                TraceStep.of(
                                        Step.QUANTITY_BANDS,
                                        "scarcity",
                                        "band 3 x 0.8",
                                        ten,
                                        new BigDecimal("8.000"),
                                        "winter: less specific")));
        assertEquals(text(prices.value(event)), text(prices.value(steps)));
        assertEquals(
                text(prices.value(event)).replace("}", "")
                        + ",\"trace\":[{\"step\":\"base\",\"source\":\"tier:\\\"a\\\"\",\"after\":10.00},"
                        + "{\"step\":\"quantity_bands\",\"source\":\"scarcity\",\"detail\":\"band 3 x 0.8\",\"after\":8.000}]}",
                text(traced.value(steps)));
    }

    @Test
    void cutsTheAmountsOfATraceToWhatEveryReaderTakes() throws Exception {
        BigDecimal amount = new BigDecimal("999999999999999999.00000001");
        List<TraceStep> steps = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            BigDecimal before = amount;
            amount = amount.multiply(new BigDecimal("0.8333333333"));
            steps.add(TraceStep.of(Step.PROMOTION, "r" + i, "- 16.66666667 %", before, amount, ""));
        }
        byte[] written =
                traced.value(withTrace(event("1", "W", new BigDecimal("3.64"), null), steps));

        // A reader with the defaults of its library, and one with our bound.
        JsonNode trace = new ObjectMapper().readTree(written).path("trace");
        assertEquals(200, trace.size());
        JsonFactory strict =
                JsonFactory.builder()
                        .streamReadConstraints(
                                StreamReadConstraints.builder()
                                        .maxNumberLength(RecordJson.LONGEST_NUMBER)
                                        .build())
                        .build();
        assertEquals(200, new ObjectMapper(strict).readTree(written).path("trace").size());
        assertTrue(text(written).contains("\"after\":833333333299999999.166666675033333333}"));
        BigDecimal exact = steps.get(2).after();
        assertTrue(exact.scale() > PriceJson.TRACE_DIGITS, exact::toString);
        assertTrue(
                text(written)
                        .contains(
                                "\"after\":"
                                        + exact.setScale(
                                                PriceJson.TRACE_DIGITS, RoundingMode.HALF_UP)
                                        + "}"));
    }

    private static PricingEvent withTrace(PricingEvent event, List<TraceStep> trace) {
        return new PricingEvent(
                event.stock(),
                event.outcome(),
                event.published(),
                event.priceTier(),
                event.price(),
                event.segmentPrices(),
                event.currency(),
                event.priceVersion(),
                event.previousPrice(),
                event.currency(),
                event.cause(),
                event.effectiveAt(),
                event.ruleBook(),
                trace);
    }

    private static PricingEvent withSegments(
            PricingEvent event, Map<String, BigDecimal> segmentPrices) {
        return new PricingEvent(
                event.stock(),
                event.outcome(),
                event.published(),
                event.priceTier(),
                event.price(),
                segmentPrices,
                event.currency(),
                event.priceVersion(),
                event.previousPrice(),
                event.currency(),
                event.cause(),
                event.effectiveAt(),
                event.ruleBook(),
                event.trace());
    }

    @Test
    void leavesOutThePreviousPriceOfTheFirst() {
        String price = text(prices.value(event("1", "W", new BigDecimal("1200"), null)));

        assertEquals(-1, price.indexOf("previous_price"), price);
        assertEquals(true, price.contains("\"price\":1200,"), price);
    }

    @Test
    void writesAmountsPlainly() {
        for (String amount : List.of("8.00", "0.00000001", "123456789012345678.12345678")) {
            String price = text(prices.value(event("1", "W", new BigDecimal(amount), null)));
            assertEquals(true, price.contains("\"price\":" + amount + ","), price);
        }
        // Around the places where a decimal's own text has an exponent.
        for (long digits : new long[] {0, 7, 42, 100, 123_456_789}) {
            for (int scale = -9; scale <= 15; scale++) {
                BigDecimal amount = BigDecimal.valueOf(digits, scale);
                String price = text(prices.value(event("1", "W", amount, null)));
                String plain = "\"price\":" + amount.toPlainString() + ",";
                assertEquals(true, price.contains(plain), () -> plain + " in " + price);
            }
        }
    }

    @Test
    void keepsTheKeysOfDifferentPairsApart() {
        assertEquals("a\\|b|c", key("a|b", "c"));
        assertEquals("a|b|c", key("a", "b|c"));
        assertNotEquals(key("a\\", "|b"), key("a\\|", "b"));
        assertNotEquals(key("a\\", "b"), key("a", "\\b"));
    }

    private String key(String product, String warehouse) {
        return text(prices.key(event(product, warehouse, BigDecimal.ONE, null)));
    }

    @Test
    void escapesWhatJsonMustAndNothingElse() {
        String price = text(prices.value(event("a\"\\é😀${x}", "<W>", BigDecimal.ONE, null)));

        assertEquals(
                true,
                price.startsWith("{\"product_id\":\"a\\\"\\\\é😀${x}\",\"warehouse_id\":\"<W>\","),
                price);
    }

    @Test
    void writesAMetric() {
        DashboardMetric metric =
                new DashboardMetric(
                        TIME,
                        TIME + 60_000,
                        "warehouse",
                        "WH1",
                        "EUR",
                        42,
                        9,
                        new BigDecimal("5.00"),
                        new BigDecimal("18.00"),
                        new BigDecimal("9.71"),
                        120_934,
                        new BigDecimal("1102934.40"),
                        3,
                        1,
                        0);

        assertEquals("warehouse|WH1", text(metrics.key(metric)));
        assertEquals(
                "{\"window_start\":\"2026-11-21T08:00:00.000Z\",\"window_end\":\"2026-11-21T08:01:00.000Z\",\"dimension\":\"warehouse\",\"value\":\"WH1\",\"currency\":\"EUR\",\"updates\":42,\"price_changes\":9,"
                        + "\"min_price\":5.00,\"max_price\":18.00,\"avg_price\":9.71,\"units_on_hand\":120934,\"stock_value\":1102934.40,\"low_stock\":3,\"out_of_stock\":1,\"oversold\":0}",
                text(metrics.value(metric)));
    }

    @Test
    void leavesOutThePricesOfAWindowWithoutAny() {
        DashboardMetric metric =
                new DashboardMetric(
                        TIME,
                        TIME + 60_000,
                        "all",
                        "all",
                        null,
                        1,
                        0,
                        null,
                        null,
                        null,
                        -5,
                        BigDecimal.ZERO,
                        0,
                        0,
                        1);

        assertEquals(
                "{\"window_start\":\"2026-11-21T08:00:00.000Z\",\"window_end\":\"2026-11-21T08:01:00.000Z\",\"dimension\":\"all\",\"value\":\"all\",\"updates\":1,\"price_changes\":0,"
                        + "\"units_on_hand\":-5,\"stock_value\":0,\"low_stock\":0,\"out_of_stock\":0,\"oversold\":1}",
                text(metrics.value(metric)));
    }

    @Test
    void writesAnAlertWithNumbersWhereItKnowsThem() {
        Alert alert =
                new Alert(
                        Alert.Kind.LOW_STOCK,
                        Alert.Severity.WARNING,
                        "12345",
                        "WH1",
                        TIME,
                        Map.of(
                                "quantity", "-4",
                                "threshold", "10",
                                "price", "8.00",
                                "previous_price", "1e5",
                                "change_percent", "007",
                                "rule_book", "7"));

        assertEquals("12345", text(alerts.key(alert)));
        assertEquals(
                "{\"alert\":\"LOW_STOCK\",\"severity\":\"WARNING\",\"product_id\":\"12345\",\"warehouse_id\":\"WH1\",\"event_time\":\"2026-11-21T08:00:00.000Z\","
                        + "\"details\":{\"change_percent\":\"007\",\"previous_price\":\"1e5\",\"price\":8.00,\"quantity\":-4,\"rule_book\":\"7\",\"threshold\":10}}",
                text(alerts.value(alert)));
    }

    @Test
    void writesTheStatusOfARefusedBook() {
        RuleStatus status =
                new RuleStatus(
                        "default",
                        7L,
                        RuleStatus.State.REJECTED,
                        null,
                        TIME,
                        List.of(new RuleStatus.Reason("UNKNOWN_KIND", "/rules/0/kind", "No.")),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);

        assertEquals("default|7", text(statuses.key(status)));
        assertEquals(
                "{\"book_id\":\"default\",\"version\":7,\"status\":\"REJECTED\",\"at\":\"2026-11-21T08:00:00.000Z\","
                        + "\"reasons\":[{\"reason\":\"UNKNOWN_KIND\",\"path\":\"/rules/0/kind\",\"message\":\"No.\"}]}",
                text(statuses.value(status)));
    }

    @Test
    void writesTheStatusOfABookThatConverged() {
        RuleStatus status =
                new RuleStatus(
                        "default",
                        7L,
                        RuleStatus.State.CONVERGED,
                        TIME,
                        TIME + 1,
                        List.of(),
                        1_000L,
                        12L,
                        345L,
                        null,
                        null,
                        null,
                        null);

        assertEquals(
                "{\"book_id\":\"default\",\"version\":7,\"status\":\"CONVERGED\",\"effective_from\":\"2026-11-21T08:00:00.000Z\",\"at\":\"2026-11-21T08:00:00.001Z\","
                        + "\"examined\":1000,\"changed\":12,\"took_ms\":345}",
                text(statuses.value(status)));
    }

    @Test
    void writesHowFarABookHasComeAndNotItsDocument() {
        RuleStatus status =
                new RuleStatus(
                        "default",
                        7L,
                        RuleStatus.State.CONVERGING,
                        null,
                        TIME,
                        List.of(),
                        500L,
                        12L,
                        null,
                        50,
                        TIME,
                        "{}",
                        null);

        assertEquals(
                "{\"book_id\":\"default\",\"version\":7,\"status\":\"CONVERGING\",\"at\":\"2026-11-21T08:00:00.000Z\","
                        + "\"examined\":500,\"changed\":12,\"progress_percent\":50}",
                text(statuses.value(status)));
    }

    @Test
    void writesTheStatusOfABookThatHasNoName() {
        RuleStatus status =
                new RuleStatus(
                        null,
                        null,
                        RuleStatus.State.REJECTED,
                        null,
                        null,
                        List.of(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);

        assertEquals("|", text(statuses.key(status)));
        assertEquals("{\"status\":\"REJECTED\"}", text(statuses.value(status)));
    }

    @Test
    void writesADeadLetter() {
        DeadLetter letter =
                new DeadLetter(
                        "QUANTITY_NOT_INTEGER",
                        "/inventory/1/quantity",
                        "quantity is null.",
                        new Source("inventory_raw", 3, 17, TIME),
                        "12345",
                        "{\"quantity\":null}\n",
                        "utf-8",
                        false,
                        TIME);

        assertEquals(
                "{\"reason\":\"QUANTITY_NOT_INTEGER\",\"path\":\"/inventory/1/quantity\",\"message\":\"quantity is null.\","
                        + "\"source\":{\"topic\":\"inventory_raw\",\"partition\":3,\"offset\":17,\"timestamp\":\"2026-11-21T08:00:00.000Z\"},"
                        + "\"key\":\"12345\",\"payload\":\"{\\\"quantity\\\":null}\\n\",\"payload_encoding\":\"utf-8\",\"truncated\":false,\"failed_at\":\"2026-11-21T08:00:00.000Z\"}",
                text(letters.value(letter)));
    }

    @Test
    void leavesOutThePayloadAndKeyThatADeadLetterDoesNotHave() {
        DeadLetter letter =
                new DeadLetter(
                        "TOMBSTONE_WITHOUT_KEY",
                        "",
                        "No.",
                        new Source("inventory_raw", 3, 17, TIME),
                        null,
                        null,
                        "utf-8",
                        false,
                        TIME);

        assertEquals(
                "{\"reason\":\"TOMBSTONE_WITHOUT_KEY\",\"path\":\"\",\"message\":\"No.\","
                        + "\"source\":{\"topic\":\"inventory_raw\",\"partition\":3,\"offset\":17,\"timestamp\":\"2026-11-21T08:00:00.000Z\"},"
                        + "\"truncated\":false,\"failed_at\":\"2026-11-21T08:00:00.000Z\"}",
                text(letters.value(letter)));
    }
}
