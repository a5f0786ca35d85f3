package io.slackwater.pricing;

import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.InventorySignal;
import io.slackwater.pricing.model.MetricShare;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RulesChange;
import io.slackwater.pricing.operators.AcceptRuleBooks;
import io.slackwater.pricing.operators.ApplyPricingRules;
import io.slackwater.pricing.operators.ApplyPricingRulesFactory;
import io.slackwater.pricing.operators.CloseMetricsWindow;
import io.slackwater.pricing.operators.FlattenCatalog;
import io.slackwater.pricing.operators.FlattenInventory;
import io.slackwater.pricing.operators.InventorySignalSerializer;
import io.slackwater.pricing.operators.MetricShareSerializer;
import io.slackwater.pricing.operators.ProductChangeSerializer;
import io.slackwater.pricing.operators.ReportConvergence;
import io.slackwater.pricing.operators.SampleStock;
import io.slackwater.pricing.operators.SumStockShifts;
import io.slackwater.pricing.operators.TrackEventTime;
import io.slackwater.pricing.settings.Settings;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The whole flow, top to bottom. Every step has a name, which is also its uid: under it its state
 * is found again, so a name never changes.
 */
public final class PricingTopology {

    private static final TypeInformation<InventorySignal> SIGNAL = InventorySignalSerializer.TYPE;

    private PricingTopology() {}

    /** Attaches the flow between the inputs and the outputs. */
    public static void attach(Inputs inputs, Outputs outputs, Settings.Pricing settings) {

        // 1. An inventory message becomes the stock levels of its product, one a warehouse, which
        //    travel together. Bad messages and bad lines leave here; the good lines of a bad
        //    message go on. As parallel as its input, so that the messages of a product stay in
        //    the order of their partition.
        SingleOutputStreamOperator<ProductChange> stock =
                named(
                        "flatten-inventory",
                        inputs.inventory()
                                .process(new FlattenInventory(), ProductChangeSerializer.TYPE)
                                .setParallelism(inputs.inventory().getParallelism()));

        // 2. The catalog joins on the keyed side: it may hold millions of products, and each is
        //    needed in one place only.
        SingleOutputStreamOperator<ProductChange> catalog =
                named(
                        "flatten-catalog",
                        inputs.catalog()
                                .process(new FlattenCatalog(), ProductChangeSerializer.TYPE)
                                .setParallelism(inputs.catalog().getParallelism()));

        // 3. Rule books are accepted or refused in one place, once, and begin and end by the event
        //    time of the inventory. A sample of products is known there too, so that a book that
        //    would move too many prices too far is refused before it moves any. The catalog's
        //    sample holds event time back as the catalog itself does where prices are made: not in
        //    a live run, and in a bounded one until it has been read.
        DataStream<InventorySignal> eventTime =
                named(
                        "track-event-time",
                        inputs.inventory()
                                .transform("track-event-time", SIGNAL, new TrackEventTime())
                                .setParallelism(inputs.inventory().getParallelism()));
        DataStream<InventorySignal> sampledStock =
                named(
                        "sample-stock",
                        stock.transform("sample-stock", SIGNAL, SampleStock.ofStock())
                                .setParallelism(stock.getParallelism()));
        DataStream<InventorySignal> sampledCatalog =
                named(
                        "sample-catalog",
                        catalog.transform("sample-catalog", SIGNAL, SampleStock.ofCatalog())
                                .setParallelism(catalog.getParallelism()));
        SingleOutputStreamOperator<RulesChange> rules =
                named(
                                "accept-rule-books",
                                inputs.rules()
                                        .connect(eventTime.union(sampledStock, sampledCatalog))
                                        .keyBy(book -> "rules", signal -> "rules", Types.STRING)
                                        .process(new AcceptRuleBooks(settings)))
                        .setParallelism(1);

        // 4. Data in motion meets data at rest: the newest stock level of every product and
        //    warehouse, priced by the book that holds.
        SingleOutputStreamOperator<PricingEvent> priced =
                named(
                        "apply-pricing-rules",
                        stock.union(catalog)
                                .keyBy(ProductChange::productId, Types.STRING)
                                .connect(rules.broadcast())
                                .transform(
                                        "apply-pricing-rules",
                                        TypeInformation.of(PricingEvent.class),
                                        new ApplyPricingRulesFactory(settings)));

        // 5. Event-time windows for the dashboard: what happened in them, and the stock at their
        //    end. Shifts are added up where they arise, then by window.
        DataStream<MetricShare> shares =
                named(
                        "sum-stock-shifts",
                        priced.getSideOutput(ApplyPricingRules.SHIFTS)
                                .transform(
                                        "sum-stock-shifts",
                                        MetricShareSerializer.TYPE,
                                        new SumStockShifts(
                                                settings.window().toMillis(),
                                                settings.lowStock())));
        DataStream<DashboardMetric> metrics =
                named(
                        "close-metrics-window",
                        shares.keyBy(CloseMetricsWindow::keyOf, Types.STRING)
                                .transform(
                                        "close-metrics-window",
                                        TypeInformation.of(DashboardMetric.class),
                                        new CloseMetricsWindow(settings.window().toMillis())));

        // 6. What became of each rule book: accepted, refused, and when every price follows it.
        DataStream<RuleStatus> converged =
                named(
                        "report-convergence",
                        priced.getSideOutput(ApplyPricingRules.SWEEPS)
                                .keyBy(report -> report.version(), Types.LONG)
                                .process(new ReportConvergence(settings.book())));
        DataStream<RuleStatus> ruleStatus =
                rules.getSideOutput(AcceptRuleBooks.STATUS).union(converged);

        // 7. What people have to look at.
        DataStream<Alert> alerts = priced.getSideOutput(ApplyPricingRules.ALERTS);
        DataStream<DeadLetter> deadLetters =
                stock.getSideOutput(FlattenInventory.DEAD_LETTERS)
                        .union(
                                catalog.getSideOutput(FlattenCatalog.DEAD_LETTERS),
                                rules.getSideOutput(AcceptRuleBooks.DEAD_LETTERS));

        outputs.events().write(priced);
        outputs.metrics().write(metrics);
        outputs.alerts().write(alerts);
        outputs.ruleStatus().write(ruleStatus);
        outputs.deadLetters().write(deadLetters);
    }

    private static <T> SingleOutputStreamOperator<T> named(
            String name, SingleOutputStreamOperator<T> step) {
        // The description is what the web UI shows; a window's own would name a lambda.
        return step.uid(name).name(name).setDescription(name);
    }
}
