@org.jspecify.annotations.NullMarked
package dev.sotto.verification.audit;
