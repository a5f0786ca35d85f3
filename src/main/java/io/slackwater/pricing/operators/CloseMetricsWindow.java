package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.MetricShare;
import io.slackwater.pricing.model.MetricShare.Amounts;
import io.slackwater.pricing.model.StockTotals;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * At the end of a window: adds what it brought to the stock carried over from the windows before,
 * so that keys without an event count too. A window in which the currency changes has a metric for
 * each currency.
 */
public final class CloseMetricsWindow
        extends ProcessWindowFunction<MetricShare, DashboardMetric, String, TimeWindow> {

    private static final ValueStateDescriptor<StockTotals> TOTALS =
            new ValueStateDescriptor<>("stock-totals", TypeInformation.of(StockTotals.class));

    @Override
    public void process(
            String key,
            Context context,
            Iterable<MetricShare> shares,
            Collector<DashboardMetric> out)
            throws Exception {
        MetricShare share = shares.iterator().next();
        ValueState<StockTotals> stored = context.globalState().getState(TOTALS);
        StockTotals before = stored.value();
        StockTotals totals = (before == null ? StockTotals.NONE : before).plus(share);
        stored.update(totals.withoutEmptyValues());
        if (isQuiet(share)) {
            return;
        }
        List<Amounts> told = new ArrayList<>(share.amountsByCurrency());
        if (told.size() > 1) {
            told.removeIf(Amounts::isQuiet);
        }
        for (Amounts amounts : told.isEmpty() ? share.amountsByCurrency().subList(0, 1) : told) {
            out.collect(metric(context.window(), share, amounts, totals));
        }
    }

    private static DashboardMetric metric(
            TimeWindow window, MetricShare share, Amounts amounts, StockTotals totals) {
        // What came without a price says nothing of the currency of what is there.
        String currency = amounts.currency();
        if (currency == null && !totals.values().isEmpty()) {
            currency = totals.values().keySet().iterator().next();
        }
        BigDecimal value = currency == null ? null : totals.values().get(currency);
        BigDecimal average =
                amounts.priced() == 0
                        ? null
                        : amounts.priceSum()
                                .divide(
                                        BigDecimal.valueOf(amounts.priced()),
                                        amounts.maxPrice().scale(),
                                        RoundingMode.HALF_UP);
        return new DashboardMetric(
                window.getStart(),
                window.getEnd(),
                share.dimension(),
                share.value(),
                currency,
                amounts.updates(),
                amounts.priceChanges(),
                amounts.minPrice(),
                amounts.maxPrice(),
                average,
                totals.units(),
                value == null ? totals.stockValue() : value,
                totals.low(),
                totals.out(),
                totals.oversold());
    }

    /** Nothing came and nothing changed, such as where a level moved out of a tier and back. */
    private static boolean isQuiet(MetricShare share) {
        return share.amounts().stream().allMatch(Amounts::isQuiet)
                && share.units() == 0
                && share.low() == 0
                && share.out() == 0
                && share.oversold() == 0;
    }
}
