package io.slackwater.pricing.model;

/**
 * How far a book version had come, as release 0.1.0 stored it. Nothing reads it any more; the class
 * stays because Flink looks for it when it opens a savepoint of that release.
 *
 * @param reports subtasks that were done
 * @param examined prices re-examined by them
 * @param changed prices changed by them
 * @param finishedAt wall clock when the last of them was done, epoch milliseconds
 */
public record SweepProgress(int reports, long examined, long changed, long finishedAt) {}
