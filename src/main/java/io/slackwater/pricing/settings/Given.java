package io.slackwater.pricing.settings;

/**
 * A value as it was written.
 *
 * @param value without blanks around it
 * @param where the place, as a fault names it: {@code command line}, {@code FILE:LINE}
 */
record Given(String value, String where) {}
