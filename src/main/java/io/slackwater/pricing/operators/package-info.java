/**
 * Which steps are there? One Flink function a file, named for what it does. They move data in and
 * out of state; what a price is, the {@code rules} know.
 */
package io.slackwater.pricing.operators;
