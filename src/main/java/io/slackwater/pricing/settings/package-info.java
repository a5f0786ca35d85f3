/**
 * What can I set? Typed records, read once from {@code jobs/pricing.properties} and the command
 * line. A leaf: it depends on nothing of ours, so everything may read it.
 *
 * <p>A setting is declared once, in {@link io.slackwater.pricing.settings.DeclaredSettings}: key,
 * default, what is allowed, and the field of {@link io.slackwater.pricing.settings.Settings}.
 * {@link io.slackwater.pricing.settings.SettingsReader} reads them, and tests hold the file to
 * them.
 */
package io.slackwater.pricing.settings;
