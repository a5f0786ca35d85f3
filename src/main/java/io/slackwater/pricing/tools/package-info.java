/**
 * What stands around the job: {@code jobs/submit} and {@code jobs/local} start it, {@code
 * jobs/rules} ({@link io.slackwater.pricing.tools.Rules}) is what pricing managers change prices
 * with. Nothing of the job depends on it, and it is not in the job's JAR.
 */
package io.slackwater.pricing.tools;
