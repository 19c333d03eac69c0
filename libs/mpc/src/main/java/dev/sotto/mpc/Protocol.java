package dev.sotto.mpc;

/**
 * One operation of three roles. The same code runs at each of them and asks which seat it sits in.
 *
 * @param <R> what a role holds afterwards
 */
public interface Protocol<R> {
  /** Rounds and bytes, from shapes alone. */
  Claim claim();

  /** Runs this role's part at a place of the program. */
  R run(Scope at);
}
