"""Names of experimental techniques by their PaNET id (Photon and Neutron Experimental Techniques ontology, CC-BY-4.0).

Only those a course is likely to name first; an id that is not here is shown as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

PANET = "http://purl.org/pan-science/PaNET/"

_NAMES = {
    "PaNET01020": "elastic scattering",
    "PaNET01024": "coherent diffraction",
    "PaNET01034": "inelastic scattering",
    "PaNET01082": "crystallography",
    "PaNET01089": "angle resolved photoemission spectroscopy",
    "PaNET01095": "x-ray fluorescence spectroscopy",
    "PaNET01100": "powder diffraction",
    "PaNET01101": "x-ray powder diffraction",
    "PaNET01102": "x-ray single crystal diffraction",
    "PaNET01112": "fluorescence imaging",
    "PaNET01121": "reflectometry",
    "PaNET01129": "tomography",
    "PaNET01149": "x-ray reflectivity",
    "PaNET01156": "x-ray spectroscopy",
    "PaNET01164": "macromolecular crystallography",
    "PaNET01168": "serial femtosecond crystallography",
    "PaNET01174": "coherent diffraction imaging",
    "PaNET01182": "inelastic x-ray scattering",
    "PaNET01184": "x-ray scattering",
    "PaNET01188": "small angle x-ray scattering",
    "PaNET01189": "small angle neutron scattering",
    "PaNET01191": "wide angle x-ray scattering",
    "PaNET01196": "x-ray absorption spectroscopy",
    "PaNET01198": "extended x-ray absorption fine structure",
    "PaNET01199": "x-ray absorption near edge structure",
    "PaNET01204": "x-ray photoelectron spectroscopy",
    "PaNET01205": "x-ray photon correlation spectroscopy",
    "PaNET01207": "x-ray tomography",
    "PaNET01212": "ptychography",
    "PaNET01216": "x-ray diffraction",
    "PaNET01285": "x-ray imaging",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """A technique of the ontology; `iri` names it on the web of data."""

    id: str
    name: str

    @property
    def iri(self) -> str:
        """Its persistent address."""
        return PANET + self.id


def technique(panet_id: str) -> Technique:
    """The technique with this id, named where its name is known."""
    name = _NAMES.get(panet_id, panet_id)
    return Technique(id=panet_id, name=name[0].upper() + name[1:])
