package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.MetricShare;
import io.slackwater.pricing.model.MetricShare.Amounts;
import io.slackwater.pricing.model.StockTotals;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows that close, and what is left of them after a restart. */
class CloseMetricsWindowTest {

    private static final long WINDOW = 60_000;
    private static final int MAX_PARALLELISM = 16;
    private static final String[] CURRENCIES = {"EUR", "JPY", null};

    /** What a story tells: a share, a watermark, or a restart with so many subtasks. */
    private sealed interface Step {
        record Share(MetricShare share) implements Step {}

        record Mark(long time) implements Step {}

        record Restart(int subtasks) implements Step {}
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void saysTheSameWhateverRestartsAndRescalesThereAre(boolean rocks) throws Exception {
        StateBackend backend =
                rocks ? new EmbeddedRocksDBStateBackend() : new HashMapStateBackend();
        for (long seed = 1; seed <= (rocks ? 5 : 60); seed++) {
            List<Step> story = story(new Random(seed));
            assertEquals(expected(story), told(story, backend), "seed " + seed);
        }
    }

    @Test
    void tellsTheWindowsInTheirOrder() throws Exception {
        List<Step> story =
                List.of(
                        new Step.Share(share(2, "A", "EUR", "2.00")),
                        new Step.Share(share(0, "B", "EUR", "1.00")),
                        new Step.Share(share(1, "A", "EUR", "4.00")),
                        new Step.Mark(3 * WINDOW - 1));
        List<Long> starts = new ArrayList<>();
        for (DashboardMetric metric : tellAll(story, new HashMapStateBackend())) {
            starts.add(metric.windowStart() / WINDOW);
        }
        assertEquals(List.of(0L, 1L, 2L), starts);
    }

    @Test
    void aWindowClosesWithItsLastMillisecondAndDropsWhatComesLater() throws Exception {
        List<Step> story = new ArrayList<>(List.of(new Step.Share(share(0, "A", "EUR", "1.00"))));
        story.add(new Step.Mark(WINDOW - 2));
        assertEquals(List.of(), tellAll(story, new HashMapStateBackend()));
        story.add(new Step.Mark(WINDOW - 1));
        story.add(new Step.Share(share(0, "A", "EUR", "5.00")));
        story.add(new Step.Mark(WINDOW));
        List<DashboardMetric> told = tellAll(story, new HashMapStateBackend());
        assertEquals(1, told.size());
        assertEquals(new BigDecimal("1.00"), told.get(0).stockValue());
    }

    @Test
    void aShareIsReadAsItWasWritten() throws IOException {
        Random random = new Random(1);
        DataOutputSerializer out = new DataOutputSerializer(64);
        List<MetricShare> shares = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            MetricShare share = share(random);
            for (int more = random.nextInt(3); more > 0; more--) {
                share = share.plus(share(random));
            }
            shares.add(share);
            MetricShareSerializer.INSTANCE.serialize(share, out);
        }
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
        for (MetricShare share : shares) {
            assertEquals(share, MetricShareSerializer.INSTANCE.deserialize(in));
        }
    }

    private static List<Step> story(Random random) {
        List<Step> story = new ArrayList<>();
        long watermark = 0;
        for (int i = 0; i < 120; i++) {
            int die = random.nextInt(20);
            if (die == 0) {
                story.add(new Step.Restart(1 + random.nextInt(3)));
            } else if (die < 4) {
                watermark += random.nextInt((int) (2 * WINDOW));
                story.add(new Step.Mark(watermark));
            } else {
                long window = (watermark + 1) / WINDOW + random.nextInt(3);
                story.add(
                        new Step.Share(
                                share(
                                        window,
                                        "W" + random.nextInt(6),
                                        CURRENCIES[random.nextInt(3)],
                                        random.nextInt(5) - 2 + ".00")));
            }
        }
        story.add(new Step.Mark(Long.MAX_VALUE));
        return story;
    }

    private static MetricShare share(Random random) {
        String currency = CURRENCIES[random.nextInt(3)];
        return share(7, "W", currency, random.nextInt(5) - 2 + ".00");
    }

    private static MetricShare share(long window, String value, String currency, String amount) {
        BigDecimal price = currency == null ? null : new BigDecimal(amount).abs();
        return MetricShare.of(
                window * WINDOW,
                "warehouse",
                value,
                List.of(
                        new Amounts(
                                currency,
                                1,
                                price == null ? 0 : 1,
                                price == null ? 0 : 1,
                                price,
                                price,
                                price == null ? BigDecimal.ZERO : price,
                                currency == null ? BigDecimal.ZERO : new BigDecimal(amount))),
                window % 3 - 1,
                1,
                0,
                -1);
    }

    /** Units and values by window and key, added up without any operator. */
    private static List<String> expected(List<Step> story) {
        TreeMap<Long, Map<String, MetricShare>> windows = new TreeMap<>();
        for (Step step : story) {
            if (step instanceof Step.Share told) {
                windows.computeIfAbsent(told.share.windowStart(), start -> new TreeMap<>())
                        .merge(told.share.value(), told.share, MetricShare::plus);
            }
        }
        Map<String, StockTotals> totals = new HashMap<>();
        List<String> lines = new ArrayList<>();
        windows.forEach(
                (start, shares) ->
                        shares.forEach(
                                (value, share) -> {
                                    StockTotals now =
                                            totals.merge(
                                                    value,
                                                    StockTotals.NONE.plus(share),
                                                    (before, none) -> before.plus(share));
                                    for (Amounts amounts : share.amountsByCurrency()) {
                                        lines.add(
                                                line(start, value, amounts.updates(), now.units()));
                                    }
                                }));
        lines.sort(Comparator.naturalOrder());
        return lines;
    }

    private static List<String> told(List<Step> story, StateBackend backend) throws Exception {
        List<String> lines = new ArrayList<>();
        for (DashboardMetric metric : tellAll(story, backend)) {
            lines.add(
                    line(
                            metric.windowStart(),
                            metric.value(),
                            metric.updates(),
                            metric.unitsOnHand()));
        }
        lines.sort(Comparator.naturalOrder());
        return lines;
    }

    private static String line(long start, String value, long updates, long units) {
        return "%d %s updates %d units %d".formatted(start, value, updates, units);
    }

    private static List<DashboardMetric> tellAll(List<Step> story, StateBackend backend)
            throws Exception {
        List<DashboardMetric> told = new ArrayList<>();
        List<KeyedOneInputStreamOperatorTestHarness<String, MetricShare, DashboardMetric>>
                subtasks = start(1, null, 0, backend);
        long watermark = Long.MIN_VALUE;
        int checkpoint = 0;
        for (Step step : story) {
            if (step instanceof Step.Share share) {
                subtasks.get(
                                KeyGroupRangeAssignment.assignKeyToParallelOperator(
                                        CloseMetricsWindow.keyOf(share.share),
                                        MAX_PARALLELISM,
                                        subtasks.size()))
                        .processElement(new StreamRecord<>(share.share));
            } else if (step instanceof Step.Mark mark) {
                watermark = mark.time;
                for (var subtask : subtasks) {
                    subtask.processWatermark(new Watermark(watermark));
                }
            } else if (step instanceof Step.Restart restart) {
                OperatorSubtaskState[] states = new OperatorSubtaskState[subtasks.size()];
                for (int i = 0; i < states.length; i++) {
                    states[i] = subtasks.get(i).snapshot(++checkpoint, checkpoint);
                }
                OperatorSubtaskState state =
                        AbstractStreamOperatorTestHarness.repackageState(states);
                told.addAll(close(subtasks));
                subtasks = start(restart.subtasks, state, states.length, backend);
                if (watermark > Long.MIN_VALUE) {
                    for (var subtask : subtasks) {
                        subtask.processWatermark(new Watermark(watermark));
                    }
                }
            }
        }
        told.addAll(close(subtasks));
        return told;
    }

    private static List<
                    KeyedOneInputStreamOperatorTestHarness<String, MetricShare, DashboardMetric>>
            start(int count, OperatorSubtaskState state, int before, StateBackend backend)
                    throws Exception {
        List<KeyedOneInputStreamOperatorTestHarness<String, MetricShare, DashboardMetric>>
                subtasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            var subtask =
                    new KeyedOneInputStreamOperatorTestHarness<
                            String, MetricShare, DashboardMetric>(
                            new CloseMetricsWindow(WINDOW),
                            CloseMetricsWindow::keyOf,
                            Types.STRING,
                            MAX_PARALLELISM,
                            count,
                            i);
            subtask.setStateBackend(backend);
            subtask.setup();
            if (state != null) {
                subtask.initializeState(
                        AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                state, MAX_PARALLELISM, before, count, i));
            }
            subtask.open();
            subtasks.add(subtask);
        }
        return subtasks;
    }

    private static List<DashboardMetric> close(
            List<KeyedOneInputStreamOperatorTestHarness<String, MetricShare, DashboardMetric>>
                    subtasks)
            throws Exception {
        List<DashboardMetric> told = new ArrayList<>();
        for (var subtask : subtasks) {
            told.addAll(subtask.extractOutputValues());
            subtask.close();
        }
        return told;
    }
}
