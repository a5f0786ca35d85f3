package io.slackwater.pricing.dashboard;

/**
 * A value on the board, with the number of the change that brought it.
 *
 * @param change counts the changes of the board
 */
record Kept<T>(long change, T value) {}
