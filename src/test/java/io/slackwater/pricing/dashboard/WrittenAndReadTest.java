package io.slackwater.pricing.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.dashboard.PriceReader.TracedPrice;
import io.slackwater.pricing.json.AlertJson;
import io.slackwater.pricing.json.DeadLetterJson;
import io.slackwater.pricing.json.MetricJson;
import io.slackwater.pricing.json.PriceJson;
import io.slackwater.pricing.json.RecordJson;
import io.slackwater.pricing.json.RuleStatusJson;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.testing.Books;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the job may write at most, the page reads, and so does a plain JSON library. */
class WrittenAndReadTest {

    /** 256 characters of four bytes each. */
    private static final String LONG = "😀".repeat(256);

    private static final long TIME = 1_795_824_000_000L;

    private final PriceJson prices = new PriceJson(true);
    private final MetricJson metrics = new MetricJson();
    private final AlertJson alerts = new AlertJson();
    private final RuleStatusJson statuses = new RuleStatusJson();
    private final DeadLetterJson letters = new DeadLetterJson();
    private final PriceReader priceReader = new PriceReader();
    private final RecordReader reader = new RecordReader();

    /** Promotions of a sixth, as they come out of a spreadsheet, and an exchange rate. */
    @Test
    void amountsThatGrowByTenDigitsWithEveryPromotion() throws IOException {
        Books book = Books.book(1).rule(Books.regional("rate", "1.08734512"));
        for (int i = 1; i <= 6; i++) {
            book.rule(Books.percentOff("partner-" + i, "16.66666667"));
        }
        RuleBook read = book.read();
        StockLevel stock = new StockLevel("P", "W", 20, -1, -1, new StockVersion(TIME, 0, 0), TIME);
        Price price = new PriceBook(read, Period.of(0L, null)).price(stock, null, TIME);
        assertTrue(
                price.trace().stream().anyMatch(step -> step.after().precision() > 60),
                price.trace()::toString);
        PricingEvent event = event(stock, price.amount(), Map.of(), price.trace());

        byte[] written = prices.value(event);
        plainly(written);
        TracedPrice told = priceReader.price("P|W", written, new Row.Position(TIME, 0, 0));
        assertEquals("3.64", told.row().price());
        assertEquals(7, told.row().rules().size());
        assertFalse(told.trace().contains("…"), told.trace());
    }

    @Test
    void theLongestPrice() throws IOException {
        List<TraceStep> steps = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            steps.add(
                    TraceStep.of(
                            Step.PROMOTION,
                            LONG,
                            LONG.repeat(5),
                            BigDecimal.ONE,
                            new BigDecimal("9".repeat(30) + "." + "9".repeat(2_000)),
                            LONG));
        }
        Map<String, BigDecimal> segments = new LinkedHashMap<>();
        for (int i = 0; i < 20; i++) {
            segments.put(i + LONG.substring(4), new BigDecimal("9".repeat(30) + ".99"));
        }
        StockLevel stock =
                new StockLevel(
                        "|".repeat(255) + "P",
                        LONG,
                        Long.MIN_VALUE,
                        -1,
                        -1,
                        new StockVersion(TIME, 0, 0),
                        TIME);
        PricingEvent event =
                event(
                        stock,
                        new BigDecimal("9".repeat(30) + ".9999"),
                        segments,
                        steps.subList(0, 130));

        byte[] written = prices.value(event);
        plainly(written);
        String key = new String(prices.key(event), StandardCharsets.UTF_8);
        TracedPrice told = priceReader.price(key, written, new Row.Position(TIME, 0, 0));
        assertEquals("9".repeat(30) + ".9999", told.row().price());
        assertEquals(20, told.row().segmentPrices().size());
        assertEquals(130, told.row().rules().size());
        priceReader.key(key);
    }

    @Test
    void theLargestWindowAlertAnswerAndDeadLetter() throws IOException {
        BigDecimal most = new BigDecimal("9".repeat(54) + ".9999");
        byte[] window =
                metrics.value(
                        new DashboardMetric(
                                TIME,
                                TIME + 1,
                                "warehouse",
                                LONG,
                                "EUR",
                                1,
                                1,
                                most,
                                most,
                                most,
                                Long.MIN_VALUE,
                                most.negate(),
                                1,
                                1,
                                1));
        plainly(window);
        assertEquals(LONG, reader.window(window).value());

        Map<String, String> details = new LinkedHashMap<>();
        for (String name : List.of("segment", "rule", "why", "limit", "rule_id")) {
            details.put(name, LONG);
        }
        details.put("price", most.toPlainString());
        details.put("change_percent", "9".repeat(200));
        byte[] alert =
                alerts.value(
                        new Alert(
                                Alert.Kind.PRICE_JUMP,
                                Alert.Severity.WARNING,
                                LONG,
                                LONG,
                                TIME,
                                details));
        plainly(alert);
        assertEquals("PRICE_JUMP", reader.alert("0-1", alert, TIME).kind());

        List<RuleStatus.Reason> reasons = new ArrayList<>();
        for (int i = 0; i <= 500; i++) {
            reasons.add(
                    new RuleStatus.Reason("R".repeat(60), "/\\\"".repeat(100), "m\\".repeat(200)));
        }
        byte[] answer =
                statuses.value(
                        new RuleStatus(
                                LONG,
                                Long.MAX_VALUE,
                                RuleStatus.State.REJECTED,
                                TIME,
                                TIME,
                                reasons,
                                1L,
                                1L,
                                1L,
                                1,
                                TIME,
                                "{}",
                                Long.MAX_VALUE));
        plainly(answer);
        assertEquals(Long.MAX_VALUE, reader.status("0-1", answer, TIME).told().deciding());

        byte[] letter =
                letters.value(
                        new DeadLetter(
                                "R".repeat(60),
                                "/\\\"".repeat(330),
                                "m\\".repeat(500),
                                new Source("inventory_raw", 3, 17, TIME),
                                LONG,
                                "\u0001".repeat(150_000),
                                "utf-8",
                                true,
                                TIME));
        plainly(letter);
        reader.deadLetter("0-1", letter, TIME);
        assertTrue(RecordCopy.exactly("0-1", letter).contains("\\u0001"));
    }

    private static PricingEvent event(
            StockLevel stock,
            BigDecimal price,
            Map<String, BigDecimal> segments,
            List<TraceStep> trace) {
        return new PricingEvent(
                stock,
                PricingEvent.Outcome.PRICED,
                PricingEvent.Published.PRICE,
                LONG,
                price,
                segments,
                "EUR",
                Long.MAX_VALUE,
                price,
                "EUR",
                Cause.INVENTORY,
                TIME,
                LONG + "@" + Long.MAX_VALUE,
                trace);
    }

    /** A broker takes it, a library with its defaults reads it, and no number is too long. */
    private static void plainly(byte[] written) throws IOException {
        assertTrue(written.length < 1_000_000, written.length + " bytes");
        JsonNode document = new ObjectMapper().readTree(written);
        assertTrue(document.isObject());
        java.util.regex.Matcher number =
                java.util.regex.Pattern.compile("\":(-?[0-9][0-9.]*)")
                        .matcher(new String(written, StandardCharsets.UTF_8));
        while (number.find()) {
            assertTrue(number.group(1).length() <= RecordJson.LONGEST_NUMBER, number.group(1));
        }
    }
}
