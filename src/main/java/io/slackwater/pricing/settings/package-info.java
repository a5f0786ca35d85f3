/**
 * What can I set? Typed records, read once from {@code jobs/pricing.properties} and the command
 * line. A leaf: it depends on nothing of ours, so everything may read it.
 */
package io.slackwater.pricing.settings;
