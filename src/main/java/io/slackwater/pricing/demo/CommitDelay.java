package io.slackwater.pricing.demo;

import java.time.Duration;

/**
 * How long what the job has taken in may be on its way to the outputs. The job is always a
 * checkpoint behind, and a failure or a sweep takes longer.
 */
final class CommitDelay {

    /** Delays up to this are normal: a checkpoint, the next one, and a sweep between them. */
    static final Duration USUAL = Duration.ofSeconds(15);

    /** A difference that lasts longer than this is no longer on its way. */
    static final Duration LONGEST = Duration.ofSeconds(70);

    private CommitDelay() {}
}
