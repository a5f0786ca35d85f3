package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.MetricShare;
import io.slackwater.pricing.model.StockShift;
import io.slackwater.pricing.model.StockShift.Position;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;

/** The windows of the dashboard when prices change to another currency. */
class CurrenciesInWindowsTest {

    @Test
    void neverAddsUpOrComparesAmountsOfTwoCurrencies() throws Exception {
        List<String> told =
                metrics(
                        // Two levels at 10.00 EUR, then a new book in yen, then one more level.
                        shift(1_000, null, euro(3, "10.00"), 1, "10.00", 0),
                        shift(1_500, null, euro(2, "10.00"), 1, "10.00", 0),
                        shift(2_000, euro(3, "10.00"), yen(3, "1600"), 0, null, 1),
                        shift(2_000, euro(2, "10.00"), yen(2, "1600"), 0, null, 1),
                        shift(2_500, yen(2, "1600"), yen(1, "1600"), 1, "1600", 0),
                        // The next window has yen only.
                        shift(61_000, yen(1, "1600"), yen(4, "1600"), 1, "1600", 0));
        assertEquals(
                List.of(
                        "0 EUR updates 2 changes 0 prices 10.00 to 10.00, 4 units, value 0.00",
                        "0 JPY updates 1 changes 2 prices 1600 to 1600, 4 units, value 6400",
                        "60000 JPY updates 1 changes 0 prices 1600 to 1600, 7 units, value 11200"),
                told);
    }

    @Test
    void countsStockWithoutAPriceToTheCurrencyOfTheOthers() throws Exception {
        List<String> told =
                metrics(
                        shift(1_000, null, euro(3, "10.00"), 1, "10.00", 0),
                        shift(1_000, null, new Position(null, 5, null, null), 1, null, 0),
                        shift(61_000, null, new Position(null, 6, null, null), 1, null, 0));
        assertEquals(
                List.of(
                        "0 EUR updates 2 changes 0 prices 10.00 to 10.00, 8 units, value 30.00",
                        "60000 EUR updates 1 changes 0 prices null to null, 14 units, value 30.00"),
                told);
    }

    @Test
    void namesNoCurrencyWhereNothingHasAPrice() throws Exception {
        assertEquals(
                List.of("0 null updates 1 changes 0 prices null to null, 5 units, value 0"),
                metrics(shift(1_000, null, new Position(null, 5, null, null), 1, null, 0)));
    }

    @Test
    void addsUpSharesInAnyOrder() {
        MetricShare euro = share("EUR", "1.00");
        MetricShare yen = share("JPY", "7");
        MetricShare none = share(null, "0");
        List<MetricShare> shares = List.of(euro, yen, none, euro);
        MetricShare forwards = shares.stream().reduce(MetricShare::plus).orElseThrow();
        MetricShare backwards = none.plus(yen).plus(euro.plus(euro));
        assertEquals(forwards.amountsByCurrency(), backwards.amountsByCurrency());
        assertEquals("EUR", forwards.amountsByCurrency().get(0).currency());
        assertEquals(3, forwards.amountsByCurrency().get(0).updates(), "with what has no price");
    }

    private static MetricShare share(String currency, String value) {
        BigDecimal amount = new BigDecimal(value);
        return MetricShare.of(
                0,
                "all",
                "all",
                List.of(new MetricShare.Amounts(currency, 1, 0, 0, null, null, amount, amount)),
                1,
                0,
                0,
                0);
    }

    private static Position euro(long quantity, String price) {
        return new Position(null, quantity, new BigDecimal(price), "EUR");
    }

    private static Position yen(long quantity, String price) {
        return new Position(null, quantity, new BigDecimal(price), "JPY");
    }

    private static StockShift shift(
            long at, Position before, Position after, int updates, String price, int changes) {
        return new StockShift(
                at,
                "W",
                before,
                after,
                updates,
                price == null ? null : new BigDecimal(price),
                changes);
    }

    /** What the windows of {@code all} say, with windows of a minute. */
    private static List<String> metrics(StockShift... shifts) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        DataStream<MetricShare> shares =
                env.fromData(TypeInformation.of(StockShift.class), shifts)
                        .transform(
                                "sum", MetricShareSerializer.TYPE, new SumStockShifts(60_000, 10))
                        .setParallelism(1)
                        .filter(share -> share.dimension().equals("all"));
        List<String> told = new ArrayList<>();
        try (CloseableIterator<DashboardMetric> metrics =
                shares.keyBy(CloseMetricsWindow::keyOf, Types.STRING)
                        .transform(
                                "close",
                                TypeInformation.of(DashboardMetric.class),
                                new CloseMetricsWindow(60_000))
                        .executeAndCollect()) {
            metrics.forEachRemaining(metric -> told.add(text(metric)));
        }
        return told;
    }

    private static String text(DashboardMetric metric) {
        return "%d %s updates %d changes %d prices %s to %s, %d units, value %s"
                .formatted(
                        metric.windowStart(),
                        metric.currency(),
                        metric.updates(),
                        metric.priceChanges(),
                        metric.minPrice(),
                        metric.maxPrice(),
                        metric.unitsOnHand(),
                        metric.stockValue().toPlainString());
    }
}
