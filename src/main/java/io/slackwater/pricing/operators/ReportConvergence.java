package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.model.SweepReport;
import io.slackwater.pricing.model.SweepReport.Stage;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds up how far the pricing subtasks have come with a book version, and says that it has
 * converged, or was cancelled, once every one of them is through; once.
 */
public final class ReportConvergence extends KeyedProcessFunction<Long, SweepReport, RuleStatus> {

    private final String bookId;

    /** The newest report of each subtask, of each attempt. */
    private static final Logger LOG = LoggerFactory.getLogger(ReportConvergence.class);

    private transient MapState<Integer, SweepReport> reports;

    public ReportConvergence(String bookId) {
        this.bookId = bookId;
    }

    @Override
    public void open(OpenContext context) {
        reports =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "sweep-reports",
                                        Types.INT,
                                        TypeInformation.of(SweepReport.class)));
    }

    @Override
    public void processElement(SweepReport report, Context context, Collector<RuleStatus> out)
            throws Exception {
        reports.put(report.attempt() << 16 | report.subtask(), report);
        long examined = 0;
        long changed = 0;
        long percent = 0;
        long newest = Long.MIN_VALUE;
        int through = 0;
        boolean cancelled = false;
        for (SweepReport each : reports.values()) {
            // After a restart every subtask begins again. What those changed that were through
            // remains; the others know it themselves.
            if (each.attempt() != report.attempt()) {
                changed += each.stage() == Stage.DONE ? each.changed() : 0;
                continue;
            }
            examined += each.examined();
            changed += each.changed();
            percent += each.percent();
            newest = Math.max(newest, each.reportedAt());
            through += each.stage() == Stage.RUNNING ? 0 : 1;
            cancelled |= each.stage() == Stage.CANCELLED;
        }
        boolean all = through == report.subtasks();
        if (all) {
            reports.clear();
        }
        State state = State.CONVERGING;
        if (all) {
            state = cancelled ? State.CANCELLED : State.CONVERGED;
        } else if (report.stage() != Stage.RUNNING) {
            return; // One more is through: the next progress or the end will say so.
        }
        if (all) {
            LOG.info(
                    "Rule book {}@{} is {}: {} prices re-examined, {} changed",
                    bookId,
                    report.version(),
                    state,
                    examined,
                    changed);
        }
        out.collect(
                new RuleStatus(
                        bookId,
                        report.version(),
                        state,
                        null,
                        report.eventTime() == Long.MIN_VALUE ? null : report.eventTime(),
                        List.of(),
                        examined,
                        changed,
                        all && !cancelled ? Math.max(0, newest - report.announcedAt()) : null,
                        all ? null : (int) (percent / report.subtasks()),
                        null,
                        null,
                        null));
    }
}
