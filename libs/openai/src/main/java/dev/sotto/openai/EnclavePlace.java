package dev.sotto.openai;

/** Where a caller's prompt exists in plain form. */
public enum EnclavePlace {
  /** In the platform's gateway. */
  GATEWAY("gateway"),
  /** On the caller's own machine. */
  SIDECAR("sidecar");

  private final String label;

  EnclavePlace(String label) {
    this.label = label;
  }

  /** As headers and answers spell it. */
  public String label() {
    return label;
  }
}
