package io.slackwater.pricing.model;

/**
 * An input, or the bad part of one, that could not be used, with the reason.
 *
 * @param reason a stable code such as {@code QUANTITY_NOT_INTEGER}: upper case, for machines
 * @param path JSON pointer (RFC 6901) to what is bad; empty for the whole document
 * @param message one sentence for a person: what is wrong and what is allowed
 * @param source where the input came from
 * @param key the Kafka key as UTF-8 text, base64 when it is not UTF-8; null when there was none
 * @param payload the Kafka value, encoded as {@code payloadEncoding} says; null for a null value
 * @param payloadEncoding {@code utf-8} or {@code base64}
 * @param truncated whether the payload was cut
 * @param failedAt the Kafka record's timestamp, epoch milliseconds: the same whenever the input is
 *     read again
 */
public record DeadLetter(
        String reason,
        String path,
        String message,
        Source source,
        String key,
        String payload,
        String payloadEncoding,
        boolean truncated,
        long failedAt) {}
