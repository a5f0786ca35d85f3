package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.json.InventoryDecoder;
import io.slackwater.pricing.json.PriceJson;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many inventory messages of some 600 bytes one core decodes and flattens in a second (the
 * levels are made by the decoder; the goal is 250,000), and how many prices it writes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class DecodeBenchmark {

    private static final long SEED = 20261121;
    private static final int MESSAGES = 1 << 12;
    private static final long TIMESTAMP = 1_795_248_000_000L;

    private final InventoryDecoder decoder =
            new InventoryDecoder(
                    new InventoryDecoder.Limits(-1_000_000_000, 1_000_000_000, 600_000, 1_000),
                    false);
    private final PriceJson json = new PriceJson(true);
    private final byte[][] messages = new byte[MESSAGES][];
    private final PricingEvent[] prices = new PricingEvent[MESSAGES];
    private int next;

    /** Makes the messages, and a price of the first level of each. */
    @Setup
    public void makeMessages() {
        Random random = new Random(SEED);
        long bytes = 0;
        for (int i = 0; i < MESSAGES; i++) {
            messages[i] = message(random, i).getBytes(StandardCharsets.UTF_8);
            bytes += messages[i].length;
            StockLevel stock = decode(i).stockLevels().get(0);
            prices[i] =
                    new PricingEvent(
                            stock,
                            PricingEvent.Outcome.PRICED,
                            PricingEvent.Published.PRICE,
                            "standard",
                            BigDecimal.valueOf(100 + random.nextInt(5_000), 2),
                            java.util.Map.of(),
                            "EUR",
                            i,
                            BigDecimal.valueOf(100 + random.nextInt(5_000), 2),
                            "EUR",
                            Cause.INVENTORY,
                            stock.version().eventTime(),
                            "default@7",
                            trace());
        }
        System.out.println("seed " + SEED + ", mean message " + bytes / MESSAGES + " bytes");
    }

    private static String message(Random random, int i) {
        StringBuilder message = new StringBuilder(700);
        message.append("{\"product_id\":\"")
                .append(10_000 + random.nextInt(50_000))
                .append((char) ('A' + i % 26));
        message.append("\",\"name\":\"HANGING LANTERN, WHITE, NO. ").append(i);
        message.append("\",\"event_time\":\"2026-11-21T07:").append(10 + random.nextInt(50));
        message.append(':')
                .append(10 + random.nextInt(50))
                .append('.')
                .append(100 + random.nextInt(900));
        message.append("Z\",\"inventory\":[");
        int first = random.nextInt(40);
        for (int line = 0; line < 5; line++) {
            message.append(line == 0 ? "" : ",")
                    .append("{\"warehouse_id\":\"WH-")
                    .append(100 + first + line);
            message.append("\",\"quantity\":").append(random.nextInt(2_000));
            message.append(",\"delivery_time\":").append(1 + random.nextInt(9));
            message.append(",\"restocking_time\":").append(1 + random.nextInt(30)).append('}');
        }
        message.append("],\"physical_characteristics\":{\"weight\":")
                .append(random.nextInt(900) / 100.0);
        message.append(",\"length\":")
                .append(random.nextInt(90))
                .append(",\"width\":")
                .append(random.nextInt(90));
        return message.append(",\"height\":").append(random.nextInt(90)).append("}}").toString();
    }

    /** Of a usual price: a base, a band, a promotion, rounding. */
    private static List<TraceStep> trace() {
        BigDecimal ten = new BigDecimal("10.00");
        BigDecimal eight = new BigDecimal("8.000");
        BigDecimal seven = new BigDecimal("7.20000");
        return List.of(
                TraceStep.of(Step.BASE, "tier:standard", "garden", null, ten, ""),
                TraceStep.of(Step.QUANTITY_BANDS, "scarcity", "band 3 x 0.8", ten, eight, ""),
                TraceStep.of(Step.PROMOTION, "black-friday", "- 10 %", eight, seven, ""),
                TraceStep.of(
                        Step.ROUNDING, "HALF_UP", "to 0.01", seven, new BigDecimal("7.20"), ""));
    }

    private InventoryMessage decode(int i) {
        return decoder.decode(null, messages[i], "inventory_raw", 3, i, TIMESTAMP);
    }

    /** One message of five warehouses to its stock levels. */
    @Benchmark
    public InventoryMessage decodeAndFlatten() {
        next = (next + 1) % MESSAGES;
        return decode(next);
    }

    /** One price to the bytes of {@code price_list}. */
    @Benchmark
    public byte[] writePrice() {
        next = (next + 1) % MESSAGES;
        return json.value(prices[next]);
    }

    /** The key of one price. */
    @Benchmark
    public byte[] writePriceKey() {
        next = (next + 1) % MESSAGES;
        return json.key(prices[next]);
    }
}
