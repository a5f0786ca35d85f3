package io.slackwater.pricing.model;

/**
 * How far one pricing subtask has come with re-examining the stock that a book version touches.
 *
 * @param version the book version that made it necessary
 * @param subtask which subtask, from 0
 * @param subtasks how many there are
 * @param attempt counts the restarts that this walk went through: reports of an earlier attempt are
 *     out of date
 * @param stage how it stands
 * @param percent how much of the stock is done, 0 to 100
 * @param examined stock levels re-examined by this attempt
 * @param changed prices changed by this attempt and those before it that this subtask knows of
 * @param eventTime event time reached, epoch milliseconds
 * @param announcedAt wall clock when the change was announced, epoch milliseconds
 * @param reportedAt wall clock of this report, epoch milliseconds
 */
public record SweepReport(
        long version,
        int subtask,
        int subtasks,
        int attempt,
        Stage stage,
        int percent,
        long examined,
        long changed,
        long eventTime,
        long announcedAt,
        long reportedAt) {

    /** How a walk stands. */
    public enum Stage {
        /** It goes on. */
        RUNNING,
        /** Everything was looked at. */
        DONE,
        /** A newer book took its place. */
        CANCELLED
    }
}
