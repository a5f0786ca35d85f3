package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.model.SweepProgress;
import io.slackwater.pricing.model.SweepReport;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Says that a book version has converged once every pricing subtask has said so; once. */
public final class ReportConvergence extends KeyedProcessFunction<Long, SweepReport, RuleStatus> {

    private final String bookId;
    private transient ValueState<SweepProgress> progress;

    public ReportConvergence(String bookId) {
        this.bookId = bookId;
    }

    @Override
    public void open(OpenContext context) {
        progress =
                getRuntimeContext()
                        .getState(
                                new ValueStateDescriptor<>(
                                        "sweep-progress", TypeInformation.of(SweepProgress.class)));
    }

    @Override
    public void processElement(SweepReport report, Context context, Collector<RuleStatus> out)
            throws Exception {
        SweepProgress before = progress.value();
        SweepProgress now = (before == null ? SweepProgress.NONE : before).plus(report);
        if (now.reports() < report.subtasks()) {
            progress.update(now);
            return;
        }
        progress.clear();
        out.collect(
                new RuleStatus(
                        bookId,
                        report.version(),
                        State.CONVERGED,
                        null,
                        report.eventTime() == Long.MIN_VALUE ? null : report.eventTime(),
                        List.of(),
                        now.examined(),
                        now.changed(),
                        Math.max(0, now.finishedAt() - report.announcedAt()),
                        null,
                        null,
                        null));
    }
}
