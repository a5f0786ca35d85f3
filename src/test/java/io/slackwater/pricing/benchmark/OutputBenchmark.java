package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.json.MetricJson;
import io.slackwater.pricing.json.PriceJson;
import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.testing.JacksonPrices;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
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
 * How long one record of an output topic takes to write, and how long Jackson's generator takes for
 * the same bytes: what our own writer is worth.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class OutputBenchmark {

    private static final long SEED = 20261121;
    private static final int RECORDS = 1 << 10;
    private static final long TIME = 1_795_248_000_000L;

    private final PriceJson prices = new PriceJson(false);
    private final PriceJson tracedPrices = new PriceJson(true);
    private final JacksonPrices jackson = new JacksonPrices();
    private final MetricJson metrics = new MetricJson();

    private final PricingEvent[] events = new PricingEvent[RECORDS];
    private final PricingEvent[] traced = new PricingEvent[RECORDS];
    private final DashboardMetric[] windows = new DashboardMetric[RECORDS];
    private int next;

    /** Makes the records. */
    @Setup
    public void makeRecords() {
        Random random = new Random(SEED);
        for (int i = 0; i < RECORDS; i++) {
            long time = TIME + i / 5 * 20L;
            events[i] = event(random, time, List.of());
            traced[i] = event(random, time, trace());
            windows[i] =
                    new DashboardMetric(
                            TIME + i * 60_000L,
                            TIME + (i + 1) * 60_000L,
                            "warehouse",
                            "WH-" + i % 40,
                            "EUR",
                            random.nextInt(100),
                            random.nextInt(100),
                            price(random),
                            price(random),
                            price(random),
                            random.nextInt(1_000_000),
                            BigDecimal.valueOf(random.nextInt(), 2),
                            random.nextInt(100),
                            random.nextInt(100),
                            random.nextInt(100));
        }
    }

    private static PricingEvent event(Random random, long time, List<TraceStep> trace) {
        return new PricingEvent(
                new StockLevel(
                        "product-" + random.nextInt(10_000),
                        "WH-" + random.nextInt(40),
                        random.nextInt(2_000),
                        3,
                        9,
                        new StockVersion(time, 1, 2),
                        time),
                PricingEvent.Outcome.PRICED,
                PricingEvent.Published.PRICE,
                "standard",
                price(random),
                Map.of(),
                "EUR",
                random.nextInt(1_000),
                price(random),
                "EUR",
                Cause.INVENTORY,
                time,
                "default@7",
                trace);
    }

    private static BigDecimal price(Random random) {
        return BigDecimal.valueOf(100 + random.nextInt(5_000), 2);
    }

    /** The steps of a usual price: a base, a band, a promotion, rounding. */
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

    @Benchmark
    public byte[] price() {
        next = (next + 1) % RECORDS;
        return prices.value(events[next]);
    }

    @Benchmark
    public byte[] priceByJackson() throws IOException {
        next = (next + 1) % RECORDS;
        return jackson.value(events[next]);
    }

    @Benchmark
    public byte[] priceWithTrace() {
        next = (next + 1) % RECORDS;
        return tracedPrices.value(traced[next]);
    }

    @Benchmark
    public byte[] priceWithTraceByJackson() throws IOException {
        next = (next + 1) % RECORDS;
        return jackson.value(traced[next]);
    }

    @Benchmark
    public byte[] priceKey() {
        next = (next + 1) % RECORDS;
        return prices.key(events[next]);
    }

    @Benchmark
    public byte[] metric() {
        next = (next + 1) % RECORDS;
        return metrics.value(windows[next]);
    }
}
