/**
 * What starts the job from outside of it: {@code jobs/submit} and {@code jobs/local}. Nothing of
 * the job depends on it, and it is not in the job's JAR.
 */
package io.slackwater.pricing.tools;
