package io.slackwater.pricing.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.testing.JacksonPrices;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bytes are those of Jackson's generator, on random prices. A failure names its seed. */
class JsonBytesTest {

    private static final long FIRST_SEED = Long.getLong("seed", 1);
    private static final long SEEDS = Long.getLong("seeds", 20_000);

    private final PriceJson ours = new PriceJson(true);
    private final JacksonPrices jackson = new JacksonPrices();

    @Test
    void writesTheBytesThatJacksonWrites() throws IOException {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            PricingEvent event = event(new Random(seed));
            assertEquals(text(jackson.value(event)), text(ours.value(event)), "seed " + seed);
        }
    }

    @Test
    void writesEveryCharacterAsJacksonDoes() throws IOException {
        for (int c = 0; c < 0x11000; c++) {
            PricingEvent event = event(new String(new int[] {'a', c, 'z'}, 0, 3));
            // Jackson 2.19 combines half a pair with whatever follows it.
            String expected =
                    c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE
                            ? text(jackson.value(event("a=z"))).replace("=", escaped(c))
                            : text(jackson.value(event));
            assertEquals(expected, text(ours.value(event)), "character " + c);
        }
    }

    @Test
    void escapesHalfASurrogatePair() throws IOException {
        for (String half : List.of("\ud83d", "a\ud83d", "\ud83da", "\ude00", "\ude00\ud83d")) {
            String escaped =
                    half.replace("\ud83d", escaped(0xd83d)).replace("\ude00", escaped(0xde00));
            String expected = text(jackson.value(event("="))).replace("=", escaped);
            assertEquals(expected, text(ours.value(event(half))));
        }
        PricingEvent event = event("\ud83d\ude00");
        assertEquals(text(jackson.value(event)), text(ours.value(event)));
    }

    @Test
    void writesNumbersOfEveryLength() throws IOException {
        for (long number = 1; number > 0; number *= 10) {
            for (long near : new long[] {number - 1, number, number + 1, -number}) {
                PricingEvent event = event("p", near, BigDecimal.valueOf(near, 2));
                assertEquals(text(jackson.value(event)), text(ours.value(event)));
            }
        }
        for (long end : new long[] {Long.MAX_VALUE, Long.MIN_VALUE}) {
            PricingEvent event = event("p", end, BigDecimal.valueOf(end, 2));
            assertEquals(text(jackson.value(event)), text(ours.value(event)));
        }
    }

    @Test
    void writesADocumentThatIsLongerThanItsBufferAndShortOnesAfterIt() throws IOException {
        PricingEvent usual = event("p");
        String before = text(ours.value(usual));
        PricingEvent longer = event("\u0001é".repeat(100_000));
        assertEquals(text(jackson.value(longer)), text(ours.value(longer)));
        assertTrue(before.length() < 500);
        assertEquals(before, text(ours.value(usual)));
    }

    private static String escaped(int character) {
        return "\\u%04X".formatted(character);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    private static PricingEvent event(Random random) {
        Map<String, BigDecimal> segments = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            segments.put(name(random), amount(random));
        }
        List<TraceStep> trace = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String detail = random.nextBoolean() ? "" : name(random);
            Step step = Step.values()[random.nextInt(Step.values().length)];
            trace.add(TraceStep.of(step, name(random), detail, null, amount(random), ""));
        }
        return event(
                new StockLevel(
                        name(random),
                        name(random),
                        number(random),
                        3,
                        -1,
                        new StockVersion(time(random), 1, 2),
                        9),
                random.nextBoolean() ? null : amount(random),
                amount(random),
                segments,
                trace,
                time(random));
    }

    private static PricingEvent event(String product) {
        return event(product, 1, BigDecimal.ONE);
    }

    private static PricingEvent event(String product, long quantity, BigDecimal price) {
        return event(
                new StockLevel(product, "W", quantity, 3, -1, new StockVersion(7, 1, 2), 9),
                null,
                price,
                Map.of(),
                List.of(),
                7);
    }

    private static PricingEvent event(
            StockLevel level,
            BigDecimal previous,
            BigDecimal price,
            Map<String, BigDecimal> segments,
            List<TraceStep> trace,
            long effectiveAt) {
        return new PricingEvent(
                level,
                PricingEvent.Outcome.PRICED,
                PricingEvent.Published.PRICE,
                previous == null ? null : "tier",
                price,
                segments,
                "EUR",
                level.quantity(),
                previous,
                previous == null ? null : effectiveAt % 2 == 0 ? "EUR" : "JPY",
                Cause.INVENTORY,
                effectiveAt,
                "default@7",
                trace);
    }

    private static String name(Random random) {
        StringBuilder name = new StringBuilder();
        for (int i = random.nextInt(12); i >= 0; i--) {
            int c =
                    switch (random.nextInt(6)) {
                        case 0 -> random.nextInt(0x20);
                        case 1 -> random.nextInt(0x800);
                        case 2 -> random.nextInt(0xd800);
                        case 3 -> 0x10000 + random.nextInt(0x100000);
                        default -> 0x20 + random.nextInt(0x60);
                    };
            name.appendCodePoint(c);
        }
        return name.toString();
    }

    private static BigDecimal amount(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> BigDecimal.valueOf(random.nextLong(), random.nextInt(24) - 3);
            case 1 -> new BigDecimal(new BigInteger(90, random), random.nextInt(20));
            case 2 -> BigDecimal.valueOf(random.nextInt(10), random.nextInt(19));
            default -> BigDecimal.valueOf(random.nextInt(1_000_000) - 1_000, 2);
        };
    }

    private static long number(Random random) {
        return random.nextLong() >> random.nextInt(64);
    }

    private static long time(Random random) {
        return random.nextInt(10) == 0
                ? random.nextLong() >> random.nextInt(20)
                : 1_795_248_000_000L + random.nextInt();
    }
}
