package io.slackwater.pricing.model;

/**
 * How far a book version has converged.
 *
 * @param reports subtasks that are done
 * @param examined prices re-examined by them
 * @param changed prices changed by them
 * @param finishedAt wall clock when the last of them was done, epoch milliseconds
 */
public record SweepProgress(int reports, long examined, long changed, long finishedAt) {

    /** No subtask is done yet. */
    public static final SweepProgress NONE = new SweepProgress(0, 0, 0, Long.MIN_VALUE);

    public SweepProgress plus(SweepReport report) {
        return new SweepProgress(
                reports + 1,
                examined + report.examined(),
                changed + report.changed(),
                Math.max(finishedAt, report.finishedAt()));
    }
}
