package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.PricedStock.SegmentMark;
import io.slackwater.pricing.model.PricedStock.Standing;
import io.slackwater.pricing.model.ProductFacts;
import io.slackwater.pricing.model.StockVersion;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** What is written is read again, whatever the levels of a product share or do not share. */
class ProductStockSerializerTest {

    private static final String[] TEXTS = {
        null, "", "standard", "prämie", "\u0000", "x".repeat(300)
    };
    private static final long[] NUMBERS = {
        0, 1, -1, 63, 64, -64, -65, 1_763_712_000_123L, Long.MAX_VALUE, Long.MIN_VALUE
    };

    private final long seed = Long.getLong("seed", new Random().nextLong());
    private final Random random = new Random(seed);

    @Test
    void readsWhatItWrote() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            int count = 1 + random.nextInt(6);
            String[] warehouses = new String[count];
            PricedStock[] levels = new PricedStock[count];
            for (int k = 0; k < count; k++) {
                warehouses[k] = "W" + k + text();
                levels[k] = level(k == 0 ? null : levels[k - 1]);
            }
            ProductStock product = new ProductStock(facts(), warehouses, levels);
            DataOutputSerializer out = new DataOutputSerializer(64);
            ProductStockSerializer.INSTANCE.serialize(product, out);
            DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
            ProductStock read = ProductStockSerializer.INSTANCE.deserialize(in);
            String why = "seed " + seed + ", product " + i;
            assertEquals(product.facts(), read.facts(), why);
            assertArrayEquals(product.warehouses(), read.warehouses(), why);
            assertArrayEquals(product.levels(), read.levels(), why);
            assertEquals(0, in.available(), why);
        }
    }

    private ProductFacts facts() {
        CatalogEntry entry =
                random.nextBoolean() ? null : new CatalogEntry(text(), decimal(), text(), number());
        return new ProductFacts(entry, version(), version(), random.nextBoolean());
    }

    private PricedStock level(PricedStock before) {
        boolean shares = before != null && random.nextBoolean();
        StockVersion version = shares ? before.version() : version();
        Map<String, BigDecimal> segments = new TreeMap<>();
        Map<String, SegmentMark> marks = new TreeMap<>();
        for (int i = random.nextInt(4); i > 1; i--) {
            segments.put("segment" + i, new BigDecimal(i));
            marks.put("segment" + i, pick(SegmentMark.values()));
        }
        return new PricedStock(
                pick(Standing.values()),
                random.nextInt(5) - 1,
                number(),
                random.nextInt(3) - 1,
                random.nextInt(3) - 1,
                version,
                shares && random.nextBoolean() ? before.ingestedAt() : number(),
                shares ? before.priceTier() : text(),
                decimal(),
                shares ? before.currency() : text(),
                number(),
                random.nextBoolean() ? Limit.NONE : pick(Limit.values()),
                random.nextBoolean() ? version.eventTime() : number(),
                random.nextBoolean() ? PricedStock.NEVER : number(),
                segments,
                marks);
    }

    private StockVersion version() {
        return new StockVersion(number(), random.nextInt(100) - 1, number());
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private long number() {
        return NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private BigDecimal decimal() {
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> BigDecimal.valueOf(number(), random.nextInt(200) - 20);
            case 2 -> new BigDecimal(new BigInteger(120, random), random.nextInt(130));
            default -> new BigDecimal("12.50");
        };
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
