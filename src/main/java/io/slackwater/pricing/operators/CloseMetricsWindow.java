package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.MetricShare;
import io.slackwater.pricing.model.StockTotals;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * At the end of a window: adds what it brought to the stock carried over from the windows before,
 * so that keys without an event count too (trap 13).
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
        stored.update(totals);
        if (isQuiet(share)) {
            return;
        }
        BigDecimal average =
                share.priced() == 0
                        ? null
                        : share.priceSum()
                                .divide(
                                        BigDecimal.valueOf(share.priced()),
                                        share.maxPrice().scale(),
                                        RoundingMode.HALF_UP);
        out.collect(
                new DashboardMetric(
                        context.window().getStart(),
                        context.window().getEnd(),
                        share.dimension(),
                        share.value(),
                        share.updates(),
                        share.priceChanges(),
                        share.minPrice(),
                        share.maxPrice(),
                        average,
                        totals.units(),
                        totals.stockValue(),
                        totals.low(),
                        totals.out(),
                        totals.oversold()));
    }

    /** Nothing came and nothing changed, such as where a level moved out of a tier and back. */
    private static boolean isQuiet(MetricShare share) {
        return share.updates() == 0
                && share.priceChanges() == 0
                && share.units() == 0
                && share.stockValue().signum() == 0
                && share.low() == 0
                && share.out() == 0
                && share.oversold() == 0;
    }
}
