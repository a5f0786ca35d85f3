/**
 * How does it look, live? The page behind {@code jobs/dashboard}, made from the job's output topics
 * alone ({@link io.slackwater.pricing.dashboard.Dashboard} has the picture). It knows no operator,
 * only the demo uses it, and it is not in the job's JAR. The page itself lies in {@code
 * src/main/resources/dashboard}.
 */
package io.slackwater.pricing.dashboard;
