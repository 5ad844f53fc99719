"""What catalogues, repositories and search engines read of a package: its metadata in their forms.

    facts        what the descriptor says, read once; nothing is added to it
    csvw         CSV on the Web
    croissant    Croissant, for machine learning
    rocrate      RO-Crate
    datacite     DataCite, for a DOI
    schemaorg    schema.org, for search engines, and DCAT, for portals
    cff          CITATION.cff
    huggingface  a folder for the Hugging Face Hub
    bagit        BagIt, for archives

Nothing is made up. What a form needs and the descriptor lacks is an error that names the JSON pointer and the fix, and
what a form cannot hold is a note. The bytes depend on the package alone: dates are those of the descriptor.
"""
