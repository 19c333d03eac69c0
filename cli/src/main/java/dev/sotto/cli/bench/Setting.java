package dev.sotto.cli.bench;

import dev.sotto.ring.Kernels;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What all measurements of one bench share.
 *
 * @param subject the model
 * @param limits what this machine can do, measured once
 * @param runs how often kernels and protocols are measured
 * @param modelRuns how often the model is
 * @param seed of all made-up inputs
 * @param kernels what all roles compute with
 * @param wanted which figures are asked for
 * @param progress hears what is being done
 */
record Setting(
    Subject subject,
    MachineLimits limits,
    int runs,
    int modelRuns,
    long seed,
    Kernels kernels,
    Predicate<String> wanted,
    Consumer<String> progress) {}
