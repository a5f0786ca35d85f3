package io.slackwater.pricing.model;

/**
 * One pricing subtask has re-examined all its stock.
 *
 * @param version the book version that made it necessary
 * @param subtasks how many reports there will be in all
 * @param examined prices re-examined
 * @param changed prices changed
 * @param eventTime event time reached, epoch milliseconds
 * @param announcedAt wall clock when the change was announced, epoch milliseconds
 * @param finishedAt wall clock when this subtask was done, epoch milliseconds
 */
public record SweepReport(
        long version,
        int subtasks,
        long examined,
        long changed,
        long eventTime,
        long announcedAt,
        long finishedAt) {}
